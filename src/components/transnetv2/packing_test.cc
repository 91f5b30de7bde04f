#include "components/transnetv2/packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "components/transnetv2/window.h"

namespace reelbatch::components::transnetv2 {
namespace {

using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;
using testing::HasSubstr;

Tensor Output(const std::string& name, size_t units, float base) {
  Tensor tensor{
      .name = name, .type = ElementType::kFloat32, .shape = {static_cast<int64_t>(units), 100}};
  for (size_t k = 0; k < units * 100; ++k) {
    const float value = base + static_cast<float>(k) / 1000;
    tensor.bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return tensor;
}

std::vector<float> Floats(const Bytes& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(TransNetV2Packing, PutsWindowsBehindEachOther) {
  const std::vector<Bytes> windows = {Bytes(kWindowBytes, std::byte{1}),
                                      Bytes(kWindowBytes, std::byte{2})};
  const std::vector<UnitInput> units = {{.data = windows[0], .state = {}},
                                        {.data = windows[1], .state = {}}};
  const std::vector<Tensor> inputs = MakePacking()->Pack(units);
  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(inputs[0].name, "frames");
  EXPECT_EQ(inputs[0].type, ElementType::kUint8);
  EXPECT_EQ(inputs[0].shape, (std::vector<int64_t>{2, 100, 27, 48, 3}));
  EXPECT_EQ(inputs[0].bytes, std::string(kWindowBytes, '\1') + std::string(kWindowBytes, '\2'));
}

TEST(TransNetV2Packing, GivesEveryUnitItsCountingFramesWhateverTheOrderOfTheOutputs) {
  const auto results = MakePacking()->Unpack({Output("many", 3, 0.5F), Output("single", 3, 0)}, 3);
  ASSERT_TRUE(results) << results.error().evidence;
  ASSERT_EQ(results->size(), 3U);
  for (size_t unit = 0; unit < 3; ++unit) {
    const std::vector<float> values = Floats((*results)[unit].result);
    ASSERT_EQ(values.size(), 100U);
    EXPECT_TRUE((*results)[unit].state.empty());
    for (size_t k = 0; k < 50; ++k) {
      const float from = static_cast<float>(unit * 100 + 25 + k) / 1000;
      EXPECT_FLOAT_EQ(values[k], from);
      EXPECT_FLOAT_EQ(values[50 + k], 0.5F + from);
    }
  }
}

void ExpectBad(std::vector<Tensor> outputs, const std::string& evidence) {
  const auto results = MakePacking()->Unpack(std::move(outputs), 1);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().failure, FailureClass::kBadResponse);
  EXPECT_THAT(results.error().evidence, HasSubstr(evidence));
}

TEST(TransNetV2Packing, RefusesOtherTensorsThanTheModels) {
  ExpectBad({}, "no output 'single'");
  ExpectBad({Output("single", 1, 0), Output("all", 1, 0)}, "no output 'many'");
  ExpectBad({Output("single", 1, 0), Output("many", 2, 0)},
            "output 'many' has shape [2, 100], but [1, 100] is expected");
  Tensor flat = Output("single", 1, 0);
  flat.shape = {100};
  ExpectBad({flat, Output("many", 1, 0)},
            "output 'single' has shape [100], but [1, 100] is expected");
  Tensor wrong = Output("single", 1, 0);
  wrong.type = ElementType::kInt32;
  ExpectBad({wrong, Output("many", 1, 0)}, "output 'single' has type i32, but f32 is expected");
  Tensor cut = Output("many", 1, 0);
  cut.bytes.pop_back();
  ExpectBad({Output("single", 1, 0), cut}, "output 'many' has 399 bytes");
}

TEST(TransNetV2Packing, RefusesWhatIsNoProbabilityWhereItCounts) {
  for (const float odd : {std::numeric_limits<float>::quiet_NaN(), -0.1F, 1.1F,
                          std::numeric_limits<float>::infinity()}) {
    Tensor counting = Output("single", 1, 0);
    std::memcpy(counting.bytes.data() + 74 * sizeof odd, &odd, sizeof odd);
    ExpectBad({counting, Output("many", 1, 0)}, "values that are not probabilities");
    Tensor margin = Output("single", 1, 0);
    std::memcpy(margin.bytes.data() + 75 * sizeof odd, &odd, sizeof odd);
    EXPECT_TRUE(MakePacking()->Unpack({margin, Output("many", 1, 0)}, 1));
  }
}

}  // namespace
}  // namespace reelbatch::components::transnetv2
