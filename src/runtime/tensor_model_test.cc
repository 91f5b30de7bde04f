#include "runtime/tensor_model.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace reelbatch::runtime {
namespace {

using components::UnitInput;
using components::UnitOutput;
using contracts::BatchFailure;
using contracts::FailureClass;
using contracts::Tensor;

/// One byte a unit.
class BytePacking final : public components::TensorPacking {
 public:
  std::vector<Tensor> Pack(std::span<const UnitInput> units) const override {
    Tensor tensor{.name = "x",
                  .type = contracts::ElementType::kUint8,
                  .shape = {static_cast<int64_t>(units.size())}};
    for (const UnitInput& unit : units) tensor.bytes += static_cast<char>(unit.data.front());
    return {tensor};
  }
  std::expected<std::vector<UnitOutput>, BatchFailure> Unpack(std::vector<Tensor> outputs,
                                                              size_t units) const override {
    if (outputs.front().bytes.size() != units) {
      return std::unexpected(
          BatchFailure{.failure = FailureClass::kBadResponse, .evidence = "x: another batch"});
    }
    std::vector<UnitOutput> unpacked;
    for (const char byte : outputs.front().bytes)
      unpacked.push_back({.result = {static_cast<std::byte>(byte)}});
    return unpacked;
  }
};

/// Adds one to every byte, up to two of them.
class PlusOne final : public inference::Model {
 public:
  const contracts::ModelDescription& description() const override { return description_; }
  std::expected<std::vector<Tensor>, BatchFailure> Infer(std::span<const Tensor> inputs) override {
    if (inputs.front().shape.front() > 2) {
      return std::unexpected(BatchFailure{
          .failure = FailureClass::kBatchLimit, .evidence = "at most 2", .max_batch = 2});
    }
    Tensor output = inputs.front();
    std::ranges::transform(output.bytes, output.bytes.begin(),
                           [](char byte) { return static_cast<char>(byte + 1); });
    if (shortened) output.bytes.pop_back();
    return std::vector<Tensor>{output};
  }
  void Restart() override { ++restarts; }

  bool shortened = false;
  int restarts = 0;

 private:
  contracts::ModelDescription description_;
};

struct Rig {
  PlusOne* model = nullptr;
  std::unique_ptr<TensorModel> units;
};

Rig Make() {
  auto model = std::make_unique<PlusOne>();
  Rig setup{.model = model.get(), .units = nullptr};
  setup.units = std::make_unique<TensorModel>(std::move(model), std::make_unique<BytePacking>());
  return setup;
}

TEST(TensorModel, UnitsGoThroughTheModelInTheirOrder) {
  const Rig setup = Make();
  const std::vector<std::byte> first{std::byte{7}};
  const std::vector<std::byte> second{std::byte{9}};
  const std::vector<UnitInput> units{{.data = first, .state = {}}, {.data = second, .state = {}}};
  const auto outputs = setup.units->Run(units);
  ASSERT_TRUE(outputs);
  EXPECT_EQ((*outputs)[0].result, std::vector<std::byte>{std::byte{8}});
  EXPECT_EQ((*outputs)[1].result, std::vector<std::byte>{std::byte{10}});
}

TEST(TensorModel, FailuresOfTheModelAndOfItsAnswerArePassedOn) {
  const Rig setup = Make();
  const std::vector<std::byte> data{std::byte{1}};
  const std::vector<UnitInput> three(3, UnitInput{.data = data, .state = {}});
  const auto refused = setup.units->Run(three);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().failure, FailureClass::kBatchLimit);
  EXPECT_EQ(refused.error().max_batch, 2);
  setup.model->shortened = true;
  const auto wrong = setup.units->Run(std::span(three).first(2));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().failure, FailureClass::kBadResponse);
  setup.units->Restart();
  EXPECT_EQ(setup.model->restarts, 1);
}

}  // namespace
}  // namespace reelbatch::runtime
