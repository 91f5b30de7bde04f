#include "inference/batch_invariance.h"

#include <gtest/gtest.h>

#include <cstring>

namespace reelbatch::inference {
namespace {

using contracts::BatchFailure;
using contracts::FailureClass;
using contracts::Tensor;

/// y = x, and a little more for every unit beyond `exact`.
class Drifting final : public Model {
 public:
  Drifting(int64_t exact, int64_t most) : exact_(exact), most_(most) {
    description_.used.model_name = "drifting";
    description_.inputs = {{.name = "x", .shape = {-1, 2}}};
    description_.outputs = {{.name = "y", .shape = {-1, 2}}};
  }
  const contracts::ModelDescription& description() const override { return description_; }
  std::expected<std::vector<Tensor>, BatchFailure> Infer(std::span<const Tensor> inputs) override {
    const int64_t batch = inputs.front().shape.front();
    if (batch > most_)
      return std::unexpected(
          BatchFailure{.failure = FailureClass::kHostMemory, .evidence = "full"});
    Tensor output = inputs.front();
    output.name = "y";
    for (size_t at = 0; batch > exact_ && at < output.bytes.size(); at += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, output.bytes.data() + at, sizeof value);
      value += 0.5F * static_cast<float>(batch - exact_);
      std::memcpy(output.bytes.data() + at, &value, sizeof value);
    }
    return std::vector<Tensor>{output};
  }

 private:
  const int64_t exact_;
  const int64_t most_;
  contracts::ModelDescription description_;
};

TEST(CompareBatches, SaysHowFarAndAtWhichSize) {
  const std::vector<int> sizes{1, 2, 4};
  Drifting exact(8, 8);
  EXPECT_EQ(CompareBatches(exact, sizes, 1).value().front().largest, 0);
  Drifting drifting(2, 8);
  const auto variances = CompareBatches(drifting, sizes, 1);
  ASSERT_TRUE(variances);
  ASSERT_EQ(variances->size(), 1U);
  EXPECT_EQ(variances->front().output, "y");
  EXPECT_EQ(variances->front().batch, 4);
  EXPECT_NEAR(variances->front().largest, 1, 1e-6);
}

TEST(CompareBatches, ABatchThatFailsIsNamed) {
  const std::vector<int> sizes{1, 4};
  Drifting model(8, 2);
  const auto variances = CompareBatches(model, sizes, 1);
  ASSERT_FALSE(variances);
  EXPECT_EQ(variances.error().code, base::Code::kOutOfMemory);
  EXPECT_NE(variances.error().message.find("a batch of 4"), std::string::npos);
}

TEST(RandomUnits, AreTheSameForTheSameSeed) {
  const Drifting model(1, 1);
  EXPECT_EQ(RandomUnits(model.description(), 3, 5)[0].bytes,
            RandomUnits(model.description(), 3, 5)[0].bytes);
  EXPECT_NE(RandomUnits(model.description(), 3, 5)[0].bytes,
            RandomUnits(model.description(), 3, 6)[0].bytes);
}

}  // namespace
}  // namespace reelbatch::inference
