#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/cancel.h"
#include "base/result.h"

namespace reelbatch::app {

/// Makes standard input a file that can be read as often as is needed, and answers its path,
/// /dev/stdin: decoding seeks, and the content is hashed.
///
/// A file that was redirected from its beginning stays as it is. Anything else is copied into a
/// temporary file in $TMPDIR (else /tmp), which takes the place of standard input and has no name:
/// it is gone when the process is, however that ends.
/// Errors: invalid_argument (a terminal, or nothing is connected), io (reading or writing fails, no
/// space: names the folder), cancelled.
base::Result<std::filesystem::path> SpoolStandardInput(const base::CancelToken* cancel);

/// All of standard input as text, at most `max_bytes` and some more.
/// Errors: invalid_argument, io, cancelled, as above.
base::Result<std::string> ReadStandardInput(size_t max_bytes, const base::CancelToken* cancel);

}  // namespace reelbatch::app
