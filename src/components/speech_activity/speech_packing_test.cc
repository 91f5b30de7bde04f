#include "components/speech_activity/speech_packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <utility>

#include "components/speech_activity/speech_windows.h"

namespace reelbatch::components {
namespace {

using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;
using testing::HasSubstr;

Bytes Floats(size_t count, float first) {
  Bytes bytes(count * sizeof(float));
  for (size_t k = 0; k < count; ++k) {
    const float value = first + static_cast<float>(k);
    std::memcpy(bytes.data() + k * sizeof(float), &value, sizeof value);
  }
  return bytes;
}

float FloatAt(const std::string& bytes, size_t index) {
  float value = 0;
  std::memcpy(&value, bytes.data() + index * sizeof(float), sizeof value);
  return value;
}

Tensor Output(std::string name, std::vector<int64_t> shape, float first) {
  const Bytes bytes = Floats(static_cast<size_t>(contracts::ElementCount(shape)), first);
  return {.name = std::move(name),
          .type = ElementType::kFloat32,
          .shape = std::move(shape),
          .bytes = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
}

std::vector<Tensor> Outputs(int64_t batch) {
  std::vector<Tensor> outputs;
  outputs.push_back(Output("output", {batch, 1}, 0.25F));
  outputs.push_back(Output("stateN", {batch, 2, 128}, 1000));
  return outputs;
}

TEST(SpeechPacking, PutsUnitsSideBySideAndBeginsWithAStateOfZeros) {
  const Bytes first = Floats(kSpeechUnit, 0);
  const Bytes second = Floats(kSpeechUnit, 5000);
  const Bytes state = Floats(kSpeechState, 7);
  const std::vector<UnitInput> units = {{.data = first, .state = {}},
                                        {.data = second, .state = state}};
  const auto tensors = SpeechPacking().Pack(units);
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors[0].name, "input");
  EXPECT_EQ(tensors[0].shape, (std::vector<int64_t>{2, 576}));
  EXPECT_EQ(tensors[1].name, "state");
  EXPECT_EQ(tensors[1].shape, (std::vector<int64_t>{2, 2, 128}));
  EXPECT_EQ(FloatAt(tensors[0].bytes, 575), 575);
  EXPECT_EQ(FloatAt(tensors[0].bytes, 576), 5000);
  EXPECT_EQ(FloatAt(tensors[1].bytes, 255), 0);
  EXPECT_EQ(FloatAt(tensors[1].bytes, 256), 7);
  EXPECT_EQ(FloatAt(tensors[1].bytes, 511), 7 + 255);
}

TEST(SpeechPacking, GivesEveryUnitItsProbabilityAndItsState) {
  const auto unpacked = SpeechPacking().Unpack(Outputs(3), 3);
  ASSERT_TRUE(unpacked);
  ASSERT_EQ(unpacked->size(), 3U);
  float probability = 0;
  ASSERT_EQ((*unpacked)[2].result.size(), sizeof probability);
  std::memcpy(&probability, (*unpacked)[2].result.data(), sizeof probability);
  EXPECT_EQ(probability, 2.25F);
  EXPECT_EQ((*unpacked)[1].state, Floats(kSpeechState, 1000 + 256));
}

TEST(SpeechPacking, TakesProbabilitiesWithoutASecondDimension) {
  auto outputs = Outputs(2);
  outputs[0].shape = {2};
  EXPECT_TRUE(SpeechPacking().Unpack(std::move(outputs), 2));
}

TEST(SpeechPacking, WhatComesOutCanGoInAgain) {
  const auto unpacked = SpeechPacking().Unpack(Outputs(1), 1);
  ASSERT_TRUE(unpacked);
  const Bytes data = Floats(kSpeechUnit, 0);
  const std::vector<UnitInput> units = {{.data = data, .state = (*unpacked)[0].state}};
  EXPECT_EQ(SpeechPacking().Pack(units)[1].bytes, Outputs(1)[1].bytes);
}

TEST(SpeechPacking, RefusesWhatIsNotTheModels) {
  const auto failure = [](std::vector<Tensor> outputs, size_t units) {
    const auto unpacked = SpeechPacking().Unpack(std::move(outputs), units);
    EXPECT_FALSE(unpacked);
    return unpacked ? FailureClass::kOther : unpacked.error().failure;
  };
  EXPECT_EQ(failure({}, 1), FailureClass::kBadResponse);
  EXPECT_EQ(failure(Outputs(2), 3), FailureClass::kBadResponse);
  auto swapped = Outputs(2);
  std::swap(swapped[0], swapped[1]);
  EXPECT_EQ(failure(std::move(swapped), 2), FailureClass::kBadResponse);
  auto batch_in_the_middle = Outputs(3);
  batch_in_the_middle[1].shape = {2, 3, 128};
  EXPECT_EQ(failure(std::move(batch_in_the_middle), 3), FailureClass::kBadResponse);
  auto torn = Outputs(2);
  torn[1].bytes.pop_back();
  EXPECT_EQ(failure(std::move(torn), 2), FailureClass::kBadResponse);
  auto whole_numbers = Outputs(2);
  whole_numbers[0].type = ElementType::kInt32;
  EXPECT_EQ(failure(std::move(whole_numbers), 2), FailureClass::kBadResponse);
  const auto told = SpeechPacking().Unpack(Outputs(2), 3);
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().evidence, HasSubstr("stateN f32 [2, 2, 128]"));
}

TEST(SpeechPacking, ANumberThatIsNotFiniteIsTheUnitsOwn) {
  auto outputs = Outputs(2);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(outputs[1].bytes.data() + outputs[1].bytes.size() - sizeof nan, &nan, sizeof nan);
  const auto unpacked = SpeechPacking().Unpack(std::move(outputs), 2);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().failure, FailureClass::kInput);
  EXPECT_THAT(unpacked.error().evidence, HasSubstr("unit 1 of 2"));
}

}  // namespace
}  // namespace reelbatch::components
