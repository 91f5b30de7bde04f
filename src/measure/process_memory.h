#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace reelbatch::measure {

/// KiB of a line such as "VmHWM:     1024 kB" of /proc/self/status or smaps_rollup; none if
/// there is no such line.
std::optional<int64_t> KbOfField(std::string_view text, std::string_view field);

/// The memory of this process, MiB. None: the kernel does not report it.
struct ProcessMemory {
  std::optional<double> rss_mb;     // now, VmRSS
  std::optional<double> peak_mb;    // ever, VmHWM
  std::optional<double> rollup_mb;  // now, by smaps_rollup, which counts page by page
  std::optional<double> pss_mb;     // of that, pages shared with other processes by their share
};
/// `proc`: /proc/self.
ProcessMemory ReadProcessMemory(const std::filesystem::path& proc = "/proc/self");

}  // namespace reelbatch::measure
