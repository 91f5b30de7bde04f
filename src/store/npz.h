#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contracts/tensor.h"

namespace reelbatch::store {

/// The .npz archive that numpy.load(allow_pickle=False) reads: .npy 1.0 members in the order given,
/// stored without compression (so that no zlib version changes the bytes), stamped 1980-01-01; then
/// `meta`, a unicode scalar, in which invalid UTF-8 becomes U+FFFD. Same arrays, same bytes.
/// Errors: internal (libzip's words; bytes that do not fill the shape), out_of_memory. Source:
/// numpy.lib.format, "Format Version 1.0".
base::Result<std::string> Npz(const std::vector<contracts::Tensor>& arrays, std::string_view meta);

}  // namespace reelbatch::store
