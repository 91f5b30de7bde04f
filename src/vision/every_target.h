#pragma once

#include <gtest/gtest.h>

#include <string>

#include "vision/simd.h"

/// For tests: a suite that runs once with each kind of vector instructions that this processor has.
namespace reelbatch::vision {

class EveryTarget : public testing::TestWithParam<std::string_view> {
 protected:
  EveryTarget() { EXPECT_TRUE(ForceSimd(GetParam())); }
  ~EveryTarget() override { EXPECT_TRUE(ForceSimd("auto")); }
};

inline auto AllTargets() { return testing::ValuesIn(SimdNames()); }

inline std::string TargetName(const testing::TestParamInfo<std::string_view>& info) {
  return std::string(info.param);
}

}  // namespace reelbatch::vision
