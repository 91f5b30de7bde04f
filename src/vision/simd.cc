#include "vision/simd.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string>

namespace reelbatch::vision {
namespace {

// One name stands for all of Highway's targets in `bits`: those that differ only in what our
// kernels do not use, or that a newer Highway adds. A better target has a lower bit.
struct Target {
  std::string_view name;
  int64_t bits;
};

#ifdef HWY_NEON_WITHOUT_AES  // since Highway 1.0.4
constexpr int64_t kPlainNeon = HWY_NEON_WITHOUT_AES;
#else
constexpr int64_t kPlainNeon = 0;
#endif

// From worst to best. Highway's own scalar target is never used: the scalar references are.
#if HWY_ARCH_X86
constexpr std::array kTargets = {Target{"sse4", HWY_SSE4}, Target{"avx2", HWY_AVX2},
                                 Target{"avx3", HWY_AVX3 | (HWY_AVX3 - 1)}};
#elif HWY_ARCH_ARM
constexpr std::array kTargets = {Target{"neon", kPlainNeon | HWY_NEON | (HWY_NEON - 1)}};
#else
constexpr std::array<Target, 0> kTargets = {};
#endif

// What people may ask for on the wrong machine.
constexpr std::array<std::string_view, 3> kX86Names = {"sse4", "avx2", "avx3"};
constexpr std::array<std::string_view, 1> kArmNames = {"neon"};
constexpr std::array<std::string_view, 4> kScalableNames = {"sve", "sve2", "sve_256", "sve2_128"};

std::atomic<bool> forced_scalar{false};

bool Has(const Target& target) {
  return (hwy::SupportedTargets() & HWY_TARGETS & target.bits) != 0;
}

const Target* Best() {
  const Target* best = nullptr;
  for (const Target& target : kTargets) {
    if (Has(target)) best = &target;
  }
  return best;
}

template <size_t kCount>
bool IsOneOf(std::string_view name, const std::array<std::string_view, kCount>& names) {
  return std::ranges::find(names, name) != names.end();
}

std::string WhyNot(std::string_view name) {
  if (IsOneOf(name, kScalableNames))
    return fmt::format("the kernels have no '{}' variant; AArch64 processors use 'neon'", name);
  if (IsOneOf(name, kX86Names))
    return fmt::format(HWY_ARCH_X86 ? "this processor has no '{}'" : "'{}' is for x86-64", name);
  if (IsOneOf(name, kArmNames))
    return fmt::format(HWY_ARCH_ARM ? "this processor has no '{}'" : "'{}' is for AArch64", name);
  return fmt::format("unknown instruction set '{}'", name);
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
    const int64_t best = target.bits & -target.bits;
    disabled = best - 1;  // everything better
    found = true;
  }
  if (!found) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("{}; use one of: auto, {}", WhyNot(name), fmt::join(names, ", ")));
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
