// The client against mlserver, which speaks the core of the protocol only. Run by
// tests/triton/run_real.py.
#include <gtest/gtest.h>

#include "tests/triton/real_server.h"

namespace reelbatch::tests {
namespace {

using base::Code;
using contracts::FailureClass;
using contracts::Tensor;
using Mlserver = RealServer;

contracts::ModelDescription Expected() {
  return {.used = {},
          .inputs = {{.name = "IN", .type = contracts::ElementType::kFloat32, .shape = {-1, 4}}},
          .outputs = {{.name = "OUT", .type = contracts::ElementType::kFloat32, .shape = {-1, 4}}}};
}

TEST_F(Mlserver, AnswersInMessages) {
  EXPECT_EQ(server_->info().name, "mlserver");
  for (const char* const name : {"identity", "undeclared"}) {
    const auto model = Open(name, Expected());
    ASSERT_TRUE(model);
    EXPECT_NE(model->Transport().find("in messages"), std::string::npos) << model->Transport();
    EXPECT_EQ(model->description().max_batch, 0);
    EXPECT_EQ(model->description().used.weights_digest, "provided_by_deploy");
    EXPECT_EQ(model->description().used.device, "unknown");
    for (const int64_t units : {1, 3, 100}) {
      const Tensor input = Rows("IN", units, 4, 7);
      const auto outputs = model->Infer({&input, 1});
      ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
      EXPECT_EQ(outputs->front().shape, input.shape);
      EXPECT_EQ(outputs->front().bytes, input.bytes);
    }
  }
}

TEST_F(Mlserver, WithoutStatisticsAndReloading) {
  const auto model = Open("identity");
  ASSERT_TRUE(model);
  const auto times = model->BatchTimes();
  ASSERT_FALSE(times.has_value());
  EXPECT_EQ(times.error().code, Code::kNotMeasured) << times.error().Text();
  EXPECT_FALSE(model->memory().server_bytes.has_value());
  model->Restart();
  const Tensor input = Rows("IN", 1, 4);
  const auto after = model->Infer({&input, 1});
  EXPECT_TRUE(after.has_value()) << after.error().evidence;
}

TEST_F(Mlserver, SilentModelNeedsADescription) {
  const auto model = inference::OpenTritonModel(server_, "undeclared", "", std::nullopt);
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().code, Code::kContract);
}

TEST_F(Mlserver, UnknownModel) {
  const auto model = inference::OpenTritonModel(server_, "nobody", "", std::nullopt);
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().code, Code::kContract) << model.error().Text();
}

TEST_F(Mlserver, MessageOverItsLimit) {
  const auto model = Open("identity");
  ASSERT_TRUE(model);
  const Tensor input = Rows("IN", 100000, 4);  // 1.6 MB
  const auto outputs = model->Infer({&input, 1});
  ASSERT_FALSE(outputs.has_value());
  EXPECT_EQ(FailureClassName(outputs.error().failure), "batch_limit") << outputs.error().evidence;
  EXPECT_EQ(outputs.error().max_batch, 0);
}

TEST_F(Mlserver, ModelThatRaises) {
  const Tensor input = Rows("IN", 4, 4);
  const auto fails = Open("fails")->Infer({&input, 1});
  ASSERT_FALSE(fails.has_value());
  EXPECT_EQ(FailureClassName(fails.error().failure), "other") << fails.error().evidence;
  const auto oom = Open("cuda_oom")->Infer({&input, 1});
  ASSERT_FALSE(oom.has_value());
  EXPECT_EQ(FailureClassName(oom.error().failure), "capacity") << oom.error().evidence;
}

TEST_F(Mlserver, SharedMemoryThatMustBe) {
  auto options = Options();
  options.shared_memory = inference::SharedMemory::kOn;
  const auto model = inference::OpenTritonModel(Connect(options), "identity", "", std::nullopt);
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().code, Code::kContract) << model.error().Text();
}

}  // namespace
}  // namespace reelbatch::tests
