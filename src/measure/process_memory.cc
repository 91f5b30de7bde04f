#include "measure/process_memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace reelbatch::measure {
namespace {

std::string ReadProcText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> Mb(std::optional<int64_t> kb) {
  return kb ? std::optional(static_cast<double>(*kb) / 1024) : std::nullopt;
}

}  // namespace

std::optional<int64_t> KbOfField(std::string_view text, std::string_view field) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(field) || line.substr(field.size(), 1) != ":") continue;
    line.remove_prefix(field.size() + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    int64_t kb = 0;
    const auto [stop, code] = std::from_chars(line.data(), line.data() + line.size(), kb);
    if (code != std::errc() || std::string_view(stop, line.data() + line.size()) != " kB")
      return {};
    return kb;
  }
  return {};
}

ProcessMemory ReadProcessMemory(const std::filesystem::path& proc) {
  const std::string status = ReadProcText(proc / "status");
  const std::string rollup = ReadProcText(proc / "smaps_rollup");
  return {.rss_mb = Mb(KbOfField(status, "VmRSS")),
          .peak_mb = Mb(KbOfField(status, "VmHWM")),
          .rollup_mb = Mb(KbOfField(rollup, "Rss")),
          .pss_mb = Mb(KbOfField(rollup, "Pss"))};
}

}  // namespace reelbatch::measure
