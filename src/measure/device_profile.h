#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "contracts/cost_row.h"
#include "measure/machine.h"
#include "measure/nvml.h"

namespace reelbatch::measure {

/// What the files of a machine below `root` say beside Machine. Empty: not readable.
struct SystemWords {
  std::string governor;  // of the first core's clock: "performance"
  std::string os;        // "Debian GNU/Linux 12 (bookworm), Linux 6.1.0"
};
SystemWords ReadSystemWords(const std::filesystem::path& root = "/");

/// Everything together, with its id. `isa`: what the kernels use.
contracts::DeviceProfile MakeDeviceProfile(const Machine& machine, const SystemWords& words,
                                           std::string_view isa, const std::optional<Gpu>& gpu);

/// Short, readable, and the same whenever it is made of the same profile: the CPU without trade
/// marks and clock rate, cores allowed, ISA, memory allowed in GiB (rounded up), the GPU where
/// there is one. Example: "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", 2, "avx3", 14.7 GiB ->
/// "xeon-8481c-2c-avx3-15g".
std::string ProfileId(const contracts::DeviceProfile& profile);

}  // namespace reelbatch::measure
