#include "measure/nvml.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "base/units.h"

namespace reelbatch::measure {
namespace {

// Of NVML's interface, as its documentation states it; its header is not needed.
using Return = int;
constexpr Return kSuccess = 0;
constexpr Return kInsufficientSize = 7;
using Device = void*;
constexpr unsigned long long kUnknown = std::numeric_limits<unsigned long long>::max();
constexpr size_t kNameBytes = 96;

}  // namespace

struct Nvml::Functions {
  struct Memory {
    unsigned long long total;  // bytes, as all below
    unsigned long long free;
    unsigned long long used;
  };
  struct Process {  // of the functions' versions 2 and 3
    unsigned int pid;
    unsigned long long used;
    unsigned int gpu_instance;
    unsigned int compute_instance;
  };

  void* library = nullptr;
  bool running = false;
  Return (*init)() = nullptr;
  Return (*shutdown)() = nullptr;
  Return (*count)(unsigned int*) = nullptr;
  Return (*handle)(unsigned int, Device*) = nullptr;
  Return (*name)(Device, char*, unsigned int) = nullptr;
  Return (*memory)(Device, Memory*) = nullptr;
  Return (*driver)(char*, unsigned int) = nullptr;
  Return (*cuda)(int*) = nullptr;                                  // optional
  Return (*processes)(Device, unsigned int*, Process*) = nullptr;  // optional

  ~Functions() {
    if (running) shutdown();
    if (library != nullptr) dlclose(library);
  }

  template <class Function>
  bool Find(const char* symbol, Function& out) {
    out = reinterpret_cast<Function>(dlsym(library, symbol));
    return out != nullptr;
  }

  /// The first function that is missing; null: none is.
  const char* FindAll() {
    const auto missing = [&](const char* symbol, auto& out) {
      return Find(symbol, out) ? nullptr : symbol;
    };
    if (const char* symbol = missing("nvmlInit_v2", init)) return symbol;
    if (const char* symbol = missing("nvmlShutdown", shutdown)) return symbol;
    if (const char* symbol = missing("nvmlDeviceGetCount_v2", count)) return symbol;
    if (const char* symbol = missing("nvmlDeviceGetHandleByIndex_v2", handle)) return symbol;
    if (const char* symbol = missing("nvmlDeviceGetName", name)) return symbol;
    if (const char* symbol = missing("nvmlDeviceGetMemoryInfo", memory)) return symbol;
    if (const char* symbol = missing("nvmlSystemGetDriverVersion", driver)) return symbol;
    Find("nvmlSystemGetCudaDriverVersion", cuda);
    if (!Find("nvmlDeviceGetComputeRunningProcesses_v3", processes)) {
      Find("nvmlDeviceGetComputeRunningProcesses_v2", processes);
    }
    return nullptr;
  }
};

Nvml::Nvml(std::unique_ptr<Functions> functions) : functions_(std::move(functions)) {}
Nvml::~Nvml() = default;

base::Result<std::unique_ptr<Nvml>> Nvml::Load(const std::string& library) {
  auto functions = std::make_unique<Functions>();
  functions->library = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (functions->library == nullptr) {
    const char* reason = dlerror();
    return base::Fail(base::Code::kUnavailable, reason != nullptr ? reason : "cannot be loaded",
                      library);
  }
  if (const char* symbol = functions->FindAll()) {
    return base::Fail(base::Code::kUnavailable, fmt::format("has no function {}", symbol), library);
  }
  if (const Return result = functions->init(); result != kSuccess) {
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("finds no NVIDIA driver (nvmlInit_v2 returned {})", result),
                      library);
  }
  functions->running = true;
  unsigned int devices = 0;
  if (const Return result = functions->count(&devices); result != kSuccess) {
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("cannot count GPUs (nvmlDeviceGetCount_v2 returned {})", result),
                      library);
  }
  std::unique_ptr<Nvml> nvml(new Nvml(std::move(functions)));
  nvml->devices_ = static_cast<int>(devices);
  return nvml;
}

base::Result<Gpu> Nvml::Describe(int device) const {
  if (device < 0 || device >= devices_) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("there is no GPU {} of {}", device, devices_));
  }
  const auto refused = [&](Return result) {
    return base::Fail(base::Code::kUnavailable,
                      fmt::format("GPU {}: the driver returned {}", device, result));
  };
  Device handle = nullptr;
  if (const Return result = functions_->handle(static_cast<unsigned int>(device), &handle);
      result != kSuccess) {
    return refused(result);
  }
  std::array<char, kNameBytes> text{};
  Gpu gpu;
  if (const Return result = functions_->name(handle, text.data(), kNameBytes); result != kSuccess) {
    return refused(result);
  }
  gpu.name = text.data();
  Functions::Memory memory{};
  if (const Return result = functions_->memory(handle, &memory); result != kSuccess)
    return refused(result);
  gpu.vram_mb = static_cast<int64_t>(memory.total >> 20U);
  if (const Return result = functions_->driver(text.data(), kNameBytes); result != kSuccess)
    return refused(result);
  gpu.driver = text.data();
  int cuda = 0;
  if (functions_->cuda != nullptr && functions_->cuda(&cuda) == kSuccess) {
    gpu.cuda = fmt::format("{}.{}", cuda / 1000, cuda % 1000 / 10);
  }
  return gpu;
}

std::optional<double> Nvml::ProcessMb(pid_t pid) const {
  if (functions_->processes == nullptr) return {};
  std::optional<double> mb;
  for (int device = 0; device < devices_; ++device) {
    Device handle = nullptr;
    if (functions_->handle(static_cast<unsigned int>(device), &handle) != kSuccess) continue;
    std::vector<Functions::Process> processes(16);
    auto found = static_cast<unsigned int>(processes.size());
    Return result = functions_->processes(handle, &found, processes.data());
    if (result == kInsufficientSize) {
      processes.resize(size_t{found} + 16);  // more may have begun meanwhile
      found = static_cast<unsigned int>(processes.size());
      result = functions_->processes(handle, &found, processes.data());
    }
    if (result != kSuccess) continue;
    for (unsigned int i = 0; i < found && i < processes.size(); ++i) {
      if (processes[i].pid != static_cast<unsigned int>(pid) || processes[i].used == kUnknown)
        continue;
      mb = mb.value_or(0) + base::ToMib(static_cast<int64_t>(processes[i].used));
    }
  }
  return mb;
}

}  // namespace reelbatch::measure
