#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "contracts/cost_row.h"
#include "measure/machine.h"
#include "measure/nvml.h"

namespace reelbatch::measure {

/// Facts from files below `root` in addition to Machine. Empty: not readable.
struct SystemWords {
  std::string governor;  // of the first core's clock: "performance"
  std::string os;        // "Debian GNU/Linux 12 (bookworm), Linux 6.1.0"
};
SystemWords ReadSystemWords(const std::filesystem::path& root = "/");

/// The complete profile, with its id. `isa`: that of the kernels.
contracts::DeviceProfile MakeDeviceProfile(const Machine& machine, const SystemWords& words,
                                           std::string_view isa, const std::optional<Gpu>& gpu);

/// Short, readable, and always the same for the same profile: the CPU without trade
/// marks and clock rate, allowed cores, ISA, allowed memory in GiB (rounded up), the GPU if
/// there is one. Example: "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", 2, "avx3", 14.7 GiB ->
/// "xeon-8481c-2c-avx3-15g".
std::string ProfileId(const contracts::DeviceProfile& profile);

}  // namespace reelbatch::measure
