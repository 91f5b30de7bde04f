// Models that tools/serve-models serves from OpenVINO's own format. Run by
// tests/triton/run_real.py; the model: make_ir.py.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <vector>

#include "tests/triton/real_server.h"

namespace reelbatch::tests {
namespace {

using contracts::ElementType;
using contracts::Tensor;
using ServedIr = RealServer;

template <class T>
Tensor Filled(const std::string& name, ElementType type, std::vector<int64_t> shape, int first) {
  std::vector<T> values(static_cast<size_t>(contracts::ElementCount(shape)));
  for (size_t k = 0; k < values.size(); ++k)
    values[k] = static_cast<T>((static_cast<int>(k) * 7 + first) % 50);
  return {.name = name,
          .type = type,
          .shape = std::move(shape),
          .bytes =
              std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T))};
}

std::vector<Tensor> Inputs(int64_t units, int first) {
  return {Filled<float>("x", ElementType::kFloat32, {units, 6}, first),
          Filled<float>("state", ElementType::kFloat32, {units, 2, 3}, first + 1),
          Filled<uint8_t>("u", ElementType::kUint8, {units, 6}, first + 2)};
}

void ExpectAnswer(const std::vector<Tensor>& inputs,
                  const std::expected<std::vector<Tensor>, contracts::BatchFailure>& outputs) {
  ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
  const auto x = Floats(inputs[0]);
  auto state = Floats(inputs[1]);
  std::vector<float> y(x.size());
  for (size_t k = 0; k < y.size(); ++k) {
    const size_t unit = k / 6;
    y[k] = static_cast<float>(static_cast<unsigned char>(inputs[2].bytes[k]));
    for (size_t i = 0; i < 6; ++i)
      y[k] += x[unit * 6 + i] * (static_cast<float>(i) - static_cast<float>(k % 6));
  }
  for (float& value : state) value *= 2;
  EXPECT_EQ(Floats((*outputs)[0]), y);
  EXPECT_EQ(Floats((*outputs)[1]), state);
}

TEST_F(ServedIr, IsDescribedByItself) {
  const auto model = Open("tiny");
  ASSERT_TRUE(model);
  const auto& description = model->description();
  ASSERT_EQ(description.inputs.size(), 3U);
  EXPECT_EQ(description.inputs[1].name, "state");
  EXPECT_EQ(description.inputs[1].shape, (std::vector<int64_t>{-1, 2, 3}));
  EXPECT_EQ(description.inputs[2].type, ElementType::kUint8);
  ASSERT_EQ(description.outputs.size(), 2U);
  EXPECT_EQ(description.outputs[1].name, "next");
  EXPECT_EQ(description.max_batch, 32);
  EXPECT_EQ(description.used.weights_digest, "sha256:" + std::string(64, '7'));
  EXPECT_EQ(description.used.precision, "f32");
}

TEST_F(ServedIr, AnswersBatchesOfAnySize) {
  const auto model = Open("tiny");
  ASSERT_TRUE(model);
  for (const int64_t units : {1, 5, 32, 2}) {
    const auto inputs = Inputs(units, static_cast<int>(units));
    ExpectAnswer(inputs, model->Infer(inputs));
  }
  EXPECT_EQ(FailureClassName(model->Infer(Inputs(33, 0)).error().failure), "batch_limit");
}

TEST_F(ServedIr, JoinedCallsGetTheirOwnUnits) {
  const auto model = Open("tiny");
  ASSERT_TRUE(model);
  std::vector<std::future<void>> calls;
  for (int k = 0; k < 8; ++k) {
    calls.push_back(std::async(std::launch::async, [&model, k] {
      for (int round = 0; round < 50; ++round) {
        const auto inputs = Inputs(1 + (k + round) % 4, k * 50 + round);
        ExpectAnswer(inputs, model->Infer(inputs));
      }
    }));
  }
  for (auto& call : calls) call.get();
  const auto times = model->BatchTimes();
  ASSERT_TRUE(times.has_value()) << times.error().Text();
  EXPECT_GT(times->back().batch, 4) << "the server has joined none, so that nothing was tried";
}

}  // namespace
}  // namespace reelbatch::tests
