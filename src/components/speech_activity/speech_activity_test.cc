#include "components/speech_activity/speech_activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include "base/json_text.h"
#include "components/audio.h"
#include "components/speech_activity/speech_windows.h"

namespace reelbatch::components {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FakeSink final : public UnitSink {
 public:
  bool Push(Bytes data, Bytes /*kept*/) override {
    if (units.size() == room) return false;
    std::vector<float> floats(data.size() / sizeof(float));
    std::memcpy(floats.data(), data.data(), data.size());
    units.push_back(std::move(floats));
    return true;
  }
  std::vector<std::vector<float>> units;
  size_t room = 1000000;
};

std::vector<float> Ramp(size_t count) {
  std::vector<float> samples(count);
  std::iota(samples.begin(), samples.end(), 1.0F);
  return samples;
}

/// A component that has heard `samples` in blocks of `block`, starting at container second 2.5.
struct Listening {
  explicit Listening(size_t samples, size_t block = 1000, size_t room = 1000000) {
    sink.room = room;
    EXPECT_TRUE(component->Open({}));
    component->Bind(sink);
    const auto all = Ramp(samples);
    for (size_t at = 0; at < samples; at += block) {
      const auto part = std::span(all).subspan(at, std::min(block, samples - at));
      EXPECT_TRUE(component->audio()->Hear(part, static_cast<int64_t>(at)));
    }
    const contracts::AudioReport report{.codec = "aac",
                                        .rate = kListeningRate,
                                        .samples = static_cast<int64_t>(samples),
                                        .start_s = 2.5};
    EXPECT_TRUE(component->audio()->HearEnd(report));
    EXPECT_TRUE(component->Close({}, outcome));
  }
  base::Status Finish(const std::vector<float>& probabilities) {
    std::vector<UnitOutput> outputs;
    for (const float probability : probabilities) {
      UnitOutput output{.result = Bytes(sizeof probability)};
      std::memcpy(output.result.data(), &probability, sizeof probability);
      outputs.push_back(std::move(output));
    }
    return component->Finish(std::move(outputs), outcome);
  }

  FakeSink sink;
  contracts::VideoOutcome outcome;
  std::unique_ptr<BatchedComponent> component = MakeSpeechActivity({});
};

template <class T>
std::vector<T> Values(const contracts::VideoOutcome& outcome, const std::string& name) {
  for (const contracts::Tensor& array : outcome.results.at("speech_activity").arrays) {
    if (array.name != name) continue;
    EXPECT_EQ(static_cast<size_t>(contracts::ElementCount(array.shape)) * sizeof(T),
              array.bytes.size());
    std::vector<T> values(array.bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
    return values;
  }
  ADD_FAILURE() << name << " is not there";
  return {};
}

TEST(SpeechActivity, CutsTheSoundIntoWindowsWithTheirContext) {
  for (const size_t block : {1UL, 511UL, 512UL, 513UL, 5000UL}) {
    const Listening listening(1100, block);
    ASSERT_EQ(listening.sink.units.size(), 3U) << block;
    for (const auto& unit : listening.sink.units) ASSERT_EQ(unit.size(), kSpeechUnit);
    EXPECT_EQ(listening.sink.units[0][0], 0);
    EXPECT_EQ(listening.sink.units[0][63], 0);
    EXPECT_EQ(listening.sink.units[0][64], 1);
    EXPECT_EQ(listening.sink.units[0][575], 512);
    EXPECT_EQ(listening.sink.units[1][0], 512 - 63);
    EXPECT_EQ(listening.sink.units[1][64], 513);
    EXPECT_EQ(listening.sink.units[2][63], 1024);
    EXPECT_EQ(listening.sink.units[2][64 + 75], 1100);
    EXPECT_EQ(listening.sink.units[2][64 + 76], 0);
    EXPECT_EQ(listening.sink.units[2][575], 0);
  }
}

TEST(SpeechActivity, AWholeLastWindowIsNotFollowedByAnEmptyOne) {
  EXPECT_EQ(Listening(1024).sink.units.size(), 2U);
  EXPECT_EQ(Listening(0).sink.units.size(), 0U);
  EXPECT_EQ(Listening(1).sink.units.size(), 1U);
}

TEST(SpeechActivity, SaysWhenThereIsSpeechOnTheContainersClock) {
  Listening listening(size_t{30} * 512);
  std::vector<float> probabilities(30, 0.1F);
  std::fill(probabilities.begin() + 10, probabilities.begin() + 20, 0.9F);
  ASSERT_TRUE(listening.Finish(probabilities));
  EXPECT_EQ(Values<float>(listening.outcome, "probability"), probabilities);
  const auto starts = Values<int64_t>(listening.outcome, "window_start_sample");
  ASSERT_EQ(starts.size(), 30U);
  EXPECT_EQ(starts[29], 29 * 512);
  EXPECT_THAT(Values<int64_t>(listening.outcome, "speech_samples"),
              ElementsAre(5120 - 480, 10240 + 480));
  EXPECT_THAT(Values<float>(listening.outcome, "speech_spans"),
              ElementsAre(2.5F + 0.29F, 2.5F + 0.67F));
  const auto meta = base::SortedJson::parse(listening.outcome.results.at("speech_activity").meta);
  EXPECT_EQ(meta["audio"]["codec"], "aac");
  EXPECT_EQ(meta["audio"]["samples"], 30 * 512);
  EXPECT_EQ(meta["knobs"]["min_silence_ms"], 100);
}

TEST(SpeechActivity, WithoutSoundItsArraysAreEmpty) {
  FakeSink sink;
  const auto component = MakeSpeechActivity({});
  ASSERT_TRUE(component->Open({}));
  component->Bind(sink);
  contracts::VideoOutcome outcome;
  ASSERT_TRUE(component->Close({}, outcome));
  ASSERT_TRUE(component->Finish(std::vector<UnitOutput>(), outcome));
  EXPECT_THAT(sink.units, IsEmpty());
  ASSERT_FALSE(outcome.results.at("speech_activity").arrays.empty());
  for (const contracts::Tensor& array : outcome.results.at("speech_activity").arrays) {
    EXPECT_EQ(array.shape.front(), 0) << array.name;
    EXPECT_THAT(array.bytes, IsEmpty());
  }
  EXPECT_TRUE(
      base::SortedJson::parse(outcome.results.at("speech_activity").meta)["audio"].is_null());
}

TEST(SpeechActivity, StopsPushingWhereNobodyWantsMore) {
  const Listening listening(size_t{10} * 512, 1000, 3);
  EXPECT_EQ(listening.sink.units.size(), 3U);
}

TEST(SpeechActivity, RefusesResultsThatAreNotItsOwn) {
  Listening listening(size_t{2} * 512);
  EXPECT_EQ(listening.Finish({0.5F}).error().code, base::Code::kInternal);
  std::vector<UnitOutput> torn(2);
  EXPECT_EQ(listening.component->Finish(std::move(torn), listening.outcome).error().code,
            base::Code::kInternal);
  EXPECT_TRUE(listening.outcome.results.empty());
}

TEST(SpeechActivity, RefusesSoundWithAHole) {
  Listening listening(512);
  const std::vector<float> samples(10);
  EXPECT_EQ(listening.component->audio()->Hear(samples, 513).error().code, base::Code::kInternal);
}

TEST(SpeechActivity, UnitsOfAllVideosMayMeet) {
  contracts::BatchKey served_by;
  served_by.component = "?";
  served_by.model_signature = "s";
  served_by.runtime = "triton";
  served_by.device = "host:8001";
  contracts::VideoInfo of_wide;
  of_wide.width = 1920;
  of_wide.height = 1080;
  contracts::VideoInfo of_tall;
  of_tall.width = 90;
  of_tall.height = 160;
  const auto wide = MakeSpeechActivity(served_by);
  const auto tall = MakeSpeechActivity(served_by);
  ASSERT_TRUE(wide->Open(of_wide));
  ASSERT_TRUE(tall->Open(of_tall));
  EXPECT_EQ(wide->key(), tall->key());
  EXPECT_EQ(wide->key(), SpeechActivityKey(served_by));
  EXPECT_EQ(wide->key().component, "speech_activity");
  EXPECT_EQ(wide->key().device, "host:8001");
  EXPECT_EQ(wide->key().model_signature, "s");
  EXPECT_NE(SpeechActivityKey(served_by, {.pad_ms = 31}), wide->key());
}

TEST(SpeechActivity, SaysHowManyUnitsToExpect) {
  EXPECT_EQ(SpeechActivityUnits(0), 0);
  EXPECT_EQ(SpeechActivityUnits(-1), 0);
  EXPECT_EQ(SpeechActivityUnits(0.032), 1);
  EXPECT_EQ(SpeechActivityUnits(3600), 112500);
}

}  // namespace
}  // namespace reelbatch::components
