#include "measure/nvml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reelbatch::measure {
namespace {

using testing::HasSubstr;

TEST(Nvml, DescribesTheCards) {
  const auto nvml = Nvml::Load(REELBATCH_FAKE_NVML);
  ASSERT_TRUE(nvml) << nvml.error().Text();
  EXPECT_EQ((*nvml)->devices(), 2);
  const auto gpu = (*nvml)->Describe(1);
  ASSERT_TRUE(gpu);
  EXPECT_EQ(gpu->name, "NVIDIA Fake 9001");
  EXPECT_EQ(gpu->vram_mb, 8192);
  EXPECT_EQ(gpu->driver, "550.54");
  EXPECT_EQ(gpu->cuda, "12.4");
  const auto none = (*nvml)->Describe(2);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, base::Code::kInvalidArgument);
}

TEST(Nvml, CountsTheMemoryOfOneProcess) {
  const auto nvml = Nvml::Load(REELBATCH_FAKE_NVML);
  ASSERT_TRUE(nvml);
  EXPECT_EQ((*nvml)->ProcessMb(4242), 600);
  EXPECT_EQ((*nvml)->ProcessMb(2), 1);
  EXPECT_FALSE((*nvml)->ProcessMb(99'999));
  EXPECT_FALSE((*nvml)->ProcessMb(77));  // the driver does not know its use
}

TEST(Nvml, SaysWhatIsMissing) {
  const auto absent = Nvml::Load("libno-such-thing.so.1");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, base::Code::kUnavailable);
  EXPECT_THAT(absent.error().Text(), HasSubstr("libno-such-thing.so.1"));
  const auto lame = Nvml::Load(REELBATCH_FAKE_NVML_WITHOUT_NAME);
  ASSERT_FALSE(lame);
  EXPECT_THAT(lame.error().message, HasSubstr("nvmlDeviceGetName"));
  const auto idle = Nvml::Load(REELBATCH_FAKE_NVML_WITHOUT_DRIVER);
  ASSERT_FALSE(idle);
  EXPECT_EQ(idle.error().code, base::Code::kUnavailable);
  EXPECT_THAT(idle.error().message, HasSubstr("no NVIDIA driver"));
}

}  // namespace
}  // namespace reelbatch::measure
