#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace reelbatch::store {

/// RFC 3986: unreserved characters and '/' stay, every other byte becomes %XX.
std::string PercentEncode(std::string_view bytes);

/// "file://" and the percent-encoded path, which must be absolute. No byte is lost, whatever the
/// encoding.
std::string FileUri(const std::filesystem::path& path);

/// The way back; nothing where `uri` is not one of FileUri()'s.
std::optional<std::filesystem::path> PathOfFileUri(std::string_view uri);

}  // namespace reelbatch::store
