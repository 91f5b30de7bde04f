// With the engine that `reelbatch models fetch` fetches, and left out by name where it is not
// there: a graph of a line (the logarithm), and the real ones.
#include "inference/openvino/openvino_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>

#include "base/hash.h"
#include "base/test_folder.h"

namespace reelbatch::inference {
namespace {

using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;

constexpr const char* kLogarithm = R"(<?xml version="1.0"?>
<net name="log" version="11">
  <layers>
    <layer id="0" name="x" type="Parameter" version="opset1">
      <data shape="?,3" element_type="f32" />
      <output><port id="0" precision="FP32" names="x"><dim>-1</dim><dim>3</dim></port></output>
    </layer>
    <layer id="1" name="log" type="Log" version="opset1">
      <input><port id="0" precision="FP32"><dim>-1</dim><dim>3</dim></port></input>
      <output><port id="1" precision="FP32" names="y"><dim>-1</dim><dim>3</dim></port></output>
    </layer>
    <layer id="2" name="y" type="Result" version="opset1" output_names="y">
      <input><port id="0" precision="FP32"><dim>-1</dim><dim>3</dim></port></input>
    </layer>
  </layers>
  <edges>
    <edge from-layer="0" from-port="0" to-layer="1" to-port="0" />
    <edge from-layer="1" from-port="1" to-layer="2" to-port="0" />
  </edges>
</net>)";

Tensor Floats(std::string name, std::vector<int64_t> shape, const std::vector<float>& values) {
  Tensor tensor{.name = std::move(name), .type = ElementType::kFloat32, .shape = std::move(shape)};
  tensor.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return tensor;
}

std::vector<float> ValuesOf(const Tensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

const std::filesystem::path kModels = std::filesystem::path(REELBATCH_SOURCE_DIR) / "models";

OpenVinoOptions Options(int threads = 1) { return {.threads = threads, .engines = {kModels}}; }

class Logarithm : public ::testing::Test {
 protected:
  Logarithm() {
    std::ofstream(temporary_.path() / "model.xml") << kLogarithm;
    std::ofstream(temporary_.path() / "model.bin");
    folder_.path = temporary_.path();
    folder_.description.used.model_name = "log";
    folder_.description.inputs = {{.name = "x", .shape = {-1, 3}}};
    folder_.description.outputs = {{.name = "y", .shape = {-1, 3}}};
    folder_.files = {{"model.xml", "sha256:" + base::Sha256Hex(kLogarithm)}};
  }
  void SetUp() override {
    if (!OpenVinoEngine({kModels})) GTEST_SKIP() << "left out: no engine (reelbatch models fetch)";
  }
  std::unique_ptr<Model> Open() const { return OpenOpenVino(folder_, Options()).value(); }
  std::string ErrorOf() const {
    const auto opened = OpenOpenVino(folder_, Options());
    return opened ? "" : opened.error().Text();
  }

  base::testing::TempFolder temporary_;
  ModelFolder folder_;
};

TEST_F(Logarithm, RunsBatchesOfAnySize) {
  const auto model = Open();
  EXPECT_TRUE(model->description().used.engine.starts_with("openvino 20"))
      << model->description().used.engine;
  EXPECT_EQ(model->description().used.runtime, "inprocess");
  for (const int64_t batch : {1, 5, 2}) {
    const std::vector<float> values(static_cast<size_t>(3 * batch), std::exp(2.0F));
    const auto outputs = model->Infer(std::vector{Floats("x", {batch, 3}, values)});
    ASSERT_TRUE(outputs) << outputs.error().evidence;
    ASSERT_EQ(outputs->size(), 1U);
    EXPECT_EQ((*outputs)[0].shape, (std::vector<int64_t>{batch, 3}));
    for (const float value : ValuesOf((*outputs)[0])) EXPECT_NEAR(value, 2, 1e-5);
    model->Restart();
  }
}

TEST_F(Logarithm, ANaNIsAnInputsFaultAndTheNextBatchIsFine) {
  const auto model = Open();
  const auto failed = model->Infer(std::vector{Floats("x", {2, 3}, {1, 1, 1, 1, -1, 1})});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().failure, FailureClass::kInput);
  EXPECT_NE(failed.error().evidence.find("'y'"), std::string::npos);
  EXPECT_TRUE(model->Infer(std::vector{Floats("x", {1, 3}, {1, 1, 1})}));
}

TEST_F(Logarithm, OtherTensorsThanDescribedAreABadRequest) {
  const auto model = Open();
  Tensor bytes = Floats("x", {1, 3}, {1, 1, 1});
  bytes.type = ElementType::kUint8;
  for (const std::vector<Tensor>& wrong :
       {std::vector<Tensor>{},
        {Floats("z", {1, 3}, {1, 1, 1})},
        {Floats("x", {1, 2}, {1, 1})},
        {Floats("x", {1, 3}, {1, 1})},
        {Floats("x", {0, 3}, {})},
        {Floats("x", {}, {1, 1, 1})},
        {bytes},
        {Floats("x", {1, 3}, {1, 1, 1}), Floats("x", {1, 3}, {1, 1, 1})}}) {
    const auto refused = model->Infer(wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().failure, FailureClass::kBadRequest) << refused.error().evidence;
  }
}

TEST_F(Logarithm, AGraphUnlikeModelJsonIsRefusedByName) {
  folder_.description.inputs[0].name = "frames";
  EXPECT_NE(ErrorOf().find("inputs: 'frames'"), std::string::npos) << ErrorOf();
  folder_.description.inputs[0] = {.name = "x", .type = ElementType::kUint8, .shape = {-1, 3}};
  EXPECT_NE(ErrorOf().find("'x': type is f32"), std::string::npos) << ErrorOf();
  folder_.description.inputs[0] = {.name = "x", .shape = {-1, 4}};
  EXPECT_NE(ErrorOf().find("'x': shape"), std::string::npos) << ErrorOf();
  folder_.description.inputs[0] = {.name = "x", .shape = {-1, -1}};
  EXPECT_NE(ErrorOf().find("only the first dimension"), std::string::npos) << ErrorOf();
  folder_.description.inputs[0] = {.name = "x", .shape = {-1, 3}};
  folder_.description.outputs.push_back({.name = "w", .shape = {-1}});
  EXPECT_NE(ErrorOf().find("outputs"), std::string::npos) << ErrorOf();
}

TEST_F(Logarithm, AFileThatIsNoGraphIsCorrupt) {
  const std::string half(kLogarithm, 300);
  std::ofstream(temporary_.path() / "model.xml", std::ios::trunc) << half;
  EXPECT_NE(ErrorOf().find("digest"), std::string::npos) << ErrorOf();
  folder_.files = {{"model.xml", "sha256:" + base::Sha256Hex(half)}};
  const auto opened = OpenOpenVino(folder_, Options());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::Code::kCorrupt) << opened.error().Text();
}

/// A random tensor of every input.
std::vector<Tensor> RandomInputs(const contracts::ModelDescription& description, int64_t batch,
                                 uint32_t seed) {
  std::mt19937 dice(seed);
  std::vector<Tensor> inputs;
  for (const contracts::TensorSpec& spec : description.inputs) {
    Tensor tensor{.name = spec.name, .type = spec.type, .shape = spec.shape};
    tensor.shape[0] = batch;
    const auto count = static_cast<size_t>(contracts::ElementCount(tensor.shape));
    if (spec.type == ElementType::kFloat32) {
      std::vector<float> values(count);
      for (float& value : values) value = std::uniform_real_distribution<float>(-0.3F, 0.3F)(dice);
      tensor = Floats(spec.name, tensor.shape, values);
    } else {
      tensor.bytes.resize(count);
      for (char& byte : tensor.bytes) byte = static_cast<char>(dice());
    }
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

/// Units first..first+count of a batch.
std::vector<Tensor> Slice(const std::vector<Tensor>& tensors, int64_t first, int64_t count) {
  std::vector<Tensor> slices;
  for (const Tensor& tensor : tensors) {
    const auto unit = tensor.bytes.size() / static_cast<size_t>(tensor.shape[0]);
    Tensor slice{.name = tensor.name, .type = tensor.type, .shape = tensor.shape};
    slice.shape[0] = count;
    slice.bytes =
        tensor.bytes.substr(static_cast<size_t>(first) * unit, static_cast<size_t>(count) * unit);
    slices.push_back(std::move(slice));
  }
  return slices;
}

class RealModel : public ::testing::TestWithParam<const char*> {};

TEST_P(RealModel, AUnitIsTheSameInEveryBatch) {
  const std::filesystem::path path = kModels / GetParam();
  if (!std::filesystem::exists(path / "model.json"))
    GTEST_SKIP() << "left out: " << GetParam() << " is not there (reelbatch models fetch)";
  const auto folder = ReadModelFolder(path);
  ASSERT_TRUE(folder) << folder.error().Text();
  const auto model = OpenOpenVino(*folder, Options(2));
  ASSERT_TRUE(model) << model.error().Text();
  constexpr int64_t kUnits = 4;
  const std::vector<Tensor> inputs = RandomInputs(folder->description, kUnits, 7);
  const auto whole = (*model)->Infer(inputs);
  ASSERT_TRUE(whole) << whole.error().evidence;
  for (const int64_t size : {1, 2}) {
    for (int64_t first = 0; first < kUnits; first += size) {
      const auto part = (*model)->Infer(Slice(inputs, first, size));
      ASSERT_TRUE(part) << part.error().evidence;
      const auto wanted = Slice(*whole, first, size);
      for (size_t k = 0; k < wanted.size(); ++k)
        EXPECT_EQ((*part)[k].bytes, wanted[k].bytes) << wanted[k].name << " " << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, RealModel, ::testing::Values("transnetv2", "silero_vad"));

}  // namespace
}  // namespace reelbatch::inference
