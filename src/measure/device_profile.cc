#include "measure/device_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

namespace reelbatch::measure {
namespace {

namespace fs = std::filesystem;

// Names that say nothing about the speed, or that the number behind them says better.
constexpr std::array<std::string_view, 12> kEmptyWords = {
    "intel", "amd", "nvidia", "geforce", "cpu",      "processor",
    "tm",    "r",   "gold",   "silver",  "platinum", "bronze"};

std::string FirstLine(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (std::isspace(static_cast<unsigned char>(line.back())) != 0))
    line.pop_back();
  return line;
}

/// PRETTY_NAME of os-release.
std::string PrettyName(const fs::path& path) {
  std::ifstream file(path);
  constexpr std::string_view kField = "PRETTY_NAME=";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(kField)) continue;
    line.erase(0, kField.size());
    std::erase(line, '"');
    return line;
  }
  return {};
}

/// "AMD Ryzen 9 7950X 16-Core Processor" -> "ryzen-9-7950x": words of letters and digits in lower
/// case.
std::string Slug(std::string_view name) {
  name = name.substr(0, name.find('@'));  // a clock rate follows
  std::string slug;
  for (size_t at = 0; at < name.size();) {
    std::string word;
    for (; at < name.size() && (std::isalnum(static_cast<unsigned char>(name[at])) != 0); ++at) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(name[at])));
    }
    const bool cores = name.substr(at).starts_with("-Core");
    if (cores) at += std::string_view("-Core").size();
    ++at;
    if (word.empty() || cores || std::ranges::find(kEmptyWords, word) != kEmptyWords.end())
      continue;
    slug += (slug.empty() ? "" : "-") + word;
  }
  return slug.empty() ? "unknown" : slug;
}

}  // namespace

SystemWords ReadSystemWords(const fs::path& root) {
  SystemWords words;
  words.governor = FirstLine(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  const std::string kernel = FirstLine(root / "proc/sys/kernel/osrelease");
  words.os = PrettyName(root / "etc/os-release");
  if (!kernel.empty()) words.os += (words.os.empty() ? "Linux " : ", Linux ") + kernel;
  return words;
}

contracts::DeviceProfile MakeDeviceProfile(const Machine& machine, const SystemWords& words,
                                           std::string_view isa, const std::optional<Gpu>& gpu) {
  contracts::DeviceProfile profile;
  profile.cpu_model = machine.cpu_model;
  profile.cores = machine.cores_online;
  profile.cores_allowed = machine.cores_allowed;
  if (machine.cpu_quota)
    profile.cores_allowed = std::min(profile.cores_allowed, *machine.cpu_quota);
  profile.isa = isa;
  profile.ram_mb = machine.memory_total >> 20;
  if (machine.memory_limit) profile.memory_limit_mb = *machine.memory_limit >> 20;
  profile.governor = words.governor;
  profile.os = words.os;
  if (gpu) {
    profile.gpu_name = gpu->name;
    profile.vram_mb = gpu->vram_mb;
    profile.driver = gpu->driver;
    profile.cuda = gpu->cuda;
  }
  profile.id = ProfileId(profile);
  return profile;
}

std::string ProfileId(const contracts::DeviceProfile& profile) {
  std::string id = Slug(profile.cpu_model);
  if (profile.cores_allowed > 0) id += fmt::format("-{:.3g}c", profile.cores_allowed);
  if (!profile.isa.empty()) id += "-" + profile.isa;
  if (profile.ram_mb) {
    const int64_t mb = std::min(*profile.ram_mb, profile.memory_limit_mb.value_or(*profile.ram_mb));
    id += fmt::format("-{}g", (mb + 1023) / 1024);
  }
  if (!profile.gpu_name.empty()) id += "-" + Slug(profile.gpu_name);
  return id;
}

}  // namespace reelbatch::measure
