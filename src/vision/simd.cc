#include "vision/simd.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace reelbatch::vision {
namespace {

struct Target {
  std::string_view name;
  int64_t bit;  // Highway's; a better target has a lower bit
};

// From worst to best. Highway's own scalar target is never used: the scalar references are.
#if HWY_ARCH_X86
constexpr std::array kTargets = {Target{"sse4", HWY_SSE4}, Target{"avx2", HWY_AVX2},
                                 Target{"avx3", HWY_AVX3}};
#elif HWY_ARCH_ARM
constexpr std::array kTargets = {Target{"neon", HWY_NEON}};
#else
constexpr std::array<Target, 0> kTargets = {};
#endif

std::atomic<bool> forced_scalar{false};

bool Has(const Target& target) { return (hwy::SupportedTargets() & HWY_TARGETS & target.bit) != 0; }

const Target* Best() {
  const Target* best = nullptr;
  for (const Target& target : kTargets) {
    if (Has(target)) best = &target;
  }
  return best;
}

}  // namespace

std::vector<std::string_view> SimdNames() {
  // All that the processor has, whatever is forced now.
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names = {"scalar"};
    for (const Target& target : kTargets) {
      if (Has(target)) names.push_back(target.name);
    }
    return names;
  }();
  return kNames;
}

base::Status ForceSimd(std::string_view name) {
  const std::vector<std::string_view> names = SimdNames();
  if (name == "scalar") {
    forced_scalar = true;
    return {};
  }
  int64_t disabled = 0;
  bool found = name == "auto";
  for (const Target& target : kTargets) {
    if (target.name != name || std::ranges::find(names, name) == names.end()) continue;
    disabled = target.bit - 1;  // everything better
    found = true;
  }
  if (!found) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("'{}' is not an instruction set of this processor; choose auto, {}", name,
                    fmt::join(names, ", ")));
  }
  hwy::DisableTargets(disabled);
  forced_scalar = false;
  return {};
}

std::string_view SimdName() {
  const Target* const best = Best();
  return SimdIsScalar() || best == nullptr ? "scalar" : best->name;
}

bool SimdIsScalar() {
  // Before SSE4, or on a machine that Highway does not know.
  static const bool kNothingElse = SimdNames().size() == 1;
  return kNothingElse || forced_scalar.load(std::memory_order_relaxed);
}

}  // namespace reelbatch::vision
