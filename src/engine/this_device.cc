#include "engine/this_device.h"

#include <optional>
#include <utility>

#include "measure/device_profile.h"
#include "measure/machine.h"
#include "measure/nvml.h"
#include "vision/simd.h"

namespace reelbatch::engine {

contracts::DeviceProfile ThisDevice() {
  std::optional<measure::Gpu> gpu;
  if (const auto nvml = measure::Nvml::Load(); nvml && (*nvml)->devices() > 0) {
    if (auto described = (*nvml)->Describe(0)) gpu = std::move(*described);
  }
  return measure::MakeDeviceProfile(measure::ReadMachine(), measure::ReadSystemWords(),
                                    vision::SimdName(), gpu);
}

}  // namespace reelbatch::engine
