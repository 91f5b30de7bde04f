#include "store/text.h"

#include <fmt/format.h>

#include <cstdint>

namespace reelbatch::store {
namespace {

constexpr std::string_view kFileScheme = "file://";

/// Value of a hex digit, or -1.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string PercentEncode(std::string_view bytes) {
  std::string encoded;
  for (const char c : bytes) {
    if (IsUnreserved(c) || c == '/') {
      encoded.push_back(c);
    } else {
      encoded += fmt::format("%{:02X}", static_cast<uint8_t>(c));
    }
  }
  return encoded;
}

std::string FileUri(const std::filesystem::path& path) {
  return std::string(kFileScheme) + PercentEncode(path.native());
}

std::optional<std::filesystem::path> PathOfFileUri(std::string_view uri) {
  if (!uri.starts_with(kFileScheme)) return std::nullopt;
  uri.remove_prefix(kFileScheme.size());
  std::string bytes;
  while (!uri.empty()) {
    if (uri[0] != '%') {
      bytes.push_back(uri[0]);
      uri.remove_prefix(1);
      continue;
    }
    if (uri.size() < 3) return std::nullopt;
    const int high = HexValue(uri[1]);
    const int low = HexValue(uri[2]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
    uri.remove_prefix(3);
  }
  if (!bytes.starts_with('/')) return std::nullopt;
  return std::filesystem::path(bytes);
}

}  // namespace reelbatch::store
