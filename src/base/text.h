#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace reelbatch::base {

/// Bytes of the UTF-8 sequence that `text` starts with: 1 to 4, or 0 where it is not valid (also
/// overlong forms and surrogates). Source: RFC 3629, section 4.
size_t Utf8Length(std::string_view text);

/// `bytes` with every invalid byte replaced by U+FFFD.
std::string ValidUtf8(std::string_view bytes);

/// A path on one line for a message: valid UTF-8, control characters as \n, \t or \xNN.
std::string PathForPeople(const std::filesystem::path& path);

}  // namespace reelbatch::base
