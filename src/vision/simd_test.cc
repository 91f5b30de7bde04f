#include "vision/simd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::vision {
namespace {

using testing::HasSubstr;

class Forcing : public testing::Test {
 protected:
  ~Forcing() override { EXPECT_TRUE(ForceSimd("auto")); }
};

TEST_F(Forcing, TakesEveryNameOfThisProcessor) {
  const std::vector<std::string_view> names = SimdNames();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.front(), "scalar");
  for (const std::string_view name : names) {
    ASSERT_TRUE(ForceSimd(name)) << name;
    EXPECT_EQ(SimdName(), name);
    EXPECT_EQ(SimdIsScalar(), name == "scalar");
    EXPECT_EQ(SimdNames(), names);
  }
}

TEST_F(Forcing, AutoIsTheBest) {
  ASSERT_TRUE(ForceSimd("scalar"));
  ASSERT_TRUE(ForceSimd("auto"));
  EXPECT_EQ(SimdName(), SimdNames().back());
}

TEST_F(Forcing, AnUnknownNameIsAnErrorThatNamesTheKnownOnes) {
  const base::Status forced = ForceSimd("avx9000");
  ASSERT_FALSE(forced);
  EXPECT_EQ(forced.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(forced.error().message, HasSubstr("avx9000"));
  EXPECT_THAT(forced.error().message, HasSubstr("scalar"));
  EXPECT_EQ(SimdName(), SimdNames().back());
}

TEST_F(Forcing, ANameOfAnotherArchitectureIsAnErrorThatSaysSo) {
#if defined(__x86_64__)
  const base::Status forced = ForceSimd("neon");
  const std::string_view architecture = "AArch64";
#else
  const base::Status forced = ForceSimd("avx2");
  const std::string_view architecture = "x86-64";
#endif
  ASSERT_FALSE(forced);
  EXPECT_EQ(forced.error().code, base::Code::kInvalidArgument);
  EXPECT_THAT(forced.error().message, HasSubstr(std::string(architecture)));
}

TEST_F(Forcing, ScalableVectorsAreLeftToNeon) {
  const base::Status forced = ForceSimd("sve2");
  ASSERT_FALSE(forced);
  EXPECT_THAT(forced.error().message, HasSubstr("'neon'"));
}

#if defined(__aarch64__)
// Every such processor has NEON: kernels that ran without it would go unnoticed.
TEST_F(Forcing, AArch64HasNeon) {
  EXPECT_EQ(SimdNames(), (std::vector<std::string_view>{"scalar", "neon"}));
}
#endif

}  // namespace
}  // namespace reelbatch::vision
