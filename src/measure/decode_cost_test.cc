#include "measure/decode_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace reelbatch::measure {
namespace {

using testing::DoubleNear;

DecodeSample Sample(std::string codec, double mpx, double kbyte, double ms) {
  DecodeSample sample;
  sample.name = "x.mp4";
  sample.codec = std::move(codec);
  sample.drivers = {mpx, kbyte, 0, 0};
  sample.ms_per_frame = ms;
  return sample;
}

std::vector<DecodeSample> Exact(double fixed, double per_mpx, double per_kbyte) {
  std::vector<DecodeSample> samples;
  for (const double mpx : {0.1, 0.4, 0.9, 2.1}) {
    for (const double kbyte : {2.0, 9.0, 40.0}) {
      samples.push_back(Sample("h264", mpx, kbyte, fixed + per_mpx * mpx + per_kbyte * kbyte));
    }
  }
  return samples;
}

TEST(DecodeFit, FindsTheShares) {
  const DecodeFit fit = FitDecode(Exact(0.2, 1.5, 0.05));
  EXPECT_NEAR(fit.fixed_ms, 0.2, 1e-6);
  EXPECT_NEAR(fit.ms_per[0], 1.5, 1e-6);
  EXPECT_NEAR(fit.ms_per[1], 0.05, 1e-6);
  EXPECT_NEAR(fit.Ms({2, 10, 0, 0}), 3.7, 1e-5);
}

TEST(DecodeFit, HasNoNegativeShare) {
  std::vector<DecodeSample> samples = Exact(0, 1.5, 0);
  for (DecodeSample& sample : samples) sample.ms_per_frame -= 0.002 * sample.drivers[1];
  const DecodeFit fit = FitDecode(samples);
  EXPECT_EQ(fit.ms_per[1], 0);
  EXPECT_GE(fit.fixed_ms, 0);
  EXPECT_GT(fit.ms_per[0], 1);
}

TEST(DecodeFit, TellsBFramesAndCabacApart) {
  std::vector<DecodeSample> samples = Exact(0.1, 1, 0.05);
  for (size_t k = 0; k < samples.size(); k += 2) {
    samples[k].drivers[2] = samples[k].drivers[0];
    samples[k].ms_per_frame += 0.5 * samples[k].drivers[0];
  }
  for (size_t k = 0; k < samples.size(); k += 3) {
    samples[k].drivers[3] = samples[k].drivers[1];
    samples[k].ms_per_frame += 0.02 * samples[k].drivers[1];
  }
  const DecodeFit fit = FitDecode(samples);
  EXPECT_NEAR(fit.ms_per[0], 1, 1e-3);
  EXPECT_NEAR(fit.ms_per[2], 0.5, 1e-3);
  EXPECT_NEAR(fit.ms_per[3], 0.02, 1e-4);
}

TEST(DecodeFit, OfFewVideosSaysLess) {
  const DecodeFit one = FitDecode(std::vector{Sample("h264", 0.5, 10, 1)});
  EXPECT_NEAR(one.ms_per[0], 2, 1e-9);
  EXPECT_EQ(one.fixed_ms, 0);
  EXPECT_EQ(one.ms_per[1], 0);
  const DecodeFit two =
      FitDecode(std::vector{Sample("h264", 0.5, 10, 1.5), Sample("h264", 1, 10, 2.5)});
  EXPECT_NEAR(two.ms_per[0], 2, 1e-6);
  EXPECT_NEAR(two.ms_per[1], 0.05, 1e-6);
  EXPECT_EQ(FitDecode({}).Ms({1, 1, 1, 1}), 0);
}

TEST(DecodeRows, OnePerCodec) {
  auto device = std::make_shared<contracts::DeviceProfile>();
  device->isa = "avx2";
  Session session;
  session.device = device;
  session.protocol = *ProtocolOf("fast");
  std::vector<DecodeSample> samples = Exact(0.2, 1.5, 0.05);
  samples.insert(samples.begin() + 1, Sample("vp9", 1, 5, 3));
  const auto rows = DecodeRows(session, samples, true);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].subject->component_part, "h264");
  EXPECT_EQ(rows[0].subject->owner, "fetcher");
  EXPECT_EQ(rows[0].subject->unit, "frame");
  EXPECT_EQ(std::get<std::string>(rows[0].subject->knobs.at("loop_filter")), "skipped");
  EXPECT_EQ(rows[0].samples_ms.size(), 12U);
  EXPECT_NEAR(rows[0].latency_ms_fixed, 0.2, 1e-6);
  EXPECT_EQ(rows[0].terms.at(0).driver, "mpx");
  EXPECT_NEAR(rows[0].terms.at(1).ms, 0.05, 1e-6);
  EXPECT_EQ(rows[0].bucket.width, 0);
  EXPECT_THAT(rows[1].latency_ms_per_unit.value(), DoubleNear(3, 1e-9));
  EXPECT_THAT(rows[1].measure, testing::HasSubstr("\"name\":\"x.mp4\""));
}

TEST(MeasureDecode, NamesWhatIsNoVideo) {
  const base::testing::TempFolder folder;
  const base::CancelToken never;
  const auto missing =
      MeasureDecode(folder.path() / "none.mp4", false, *ProtocolOf("matrix"), never);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::Code::kIo);
  EXPECT_THAT(missing.error().Text(), testing::HasSubstr("none.mp4"));
  const auto text =
      MeasureDecode(folder.Write("text.mp4", "no video"), false, *ProtocolOf("matrix"), never);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, base::Code::kCorrupt);
}

}  // namespace
}  // namespace reelbatch::measure
