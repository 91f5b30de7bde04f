// The client against a real tritonserver: a case for every row of docs/requirements.md, "Answers of
// Triton servers", and what a running program meets besides. Run by tests/triton/run_real.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "inference/triton/kserve_link.h"
#include "tests/triton/real_server.h"

namespace reelbatch::tests {
namespace {

using base::Code;
using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;
using inference::RpcCode;
using inference::SharedMemory;
using inference::TritonModel;
using inference::TritonServer;
using namespace std::chrono_literals;
namespace kserve = inference::kserve;

using Triton = RealServer;
using WithoutControl = RealServer;
using Result = std::expected<std::vector<Tensor>, contracts::BatchFailure>;

void ExpectFailure(const Result& result, FailureClass failure, const std::string& words) {
  ASSERT_FALSE(result.has_value()) << "wanted " << FailureClassName(failure);
  EXPECT_EQ(FailureClassName(result.error().failure), FailureClassName(failure))
      << result.error().evidence;
  EXPECT_NE(result.error().evidence.find(words), std::string::npos) << result.error().evidence;
}

void ExpectOutput(const Result& result, const Tensor& input) {
  ASSERT_TRUE(result.has_value()) << result.error().evidence;
  ASSERT_EQ(result->size(), 1U);
  EXPECT_EQ(result->front().shape, input.shape);
  EXPECT_TRUE(result->front().bytes == input.bytes);
}

Result InferOne(TritonModel& model, const Tensor& input) { return model.Infer({&input, 1}); }

double Milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since)
      .count();
}

contracts::ModelDescription Identity(int64_t width) {
  return {.used = {},
          .inputs = {{.name = "IN", .type = ElementType::kFloat32, .shape = {-1, width}}},
          .outputs = {{.name = "OUT", .type = ElementType::kFloat32, .shape = {-1, width}}}};
}

TEST_F(Triton, SaysWhoItIs) {
  EXPECT_EQ(server_->info().name, "triton");
  EXPECT_FALSE(server_->info().version.empty());
  EXPECT_TRUE(server_->Has("model_configuration"));
  EXPECT_TRUE(server_->Live().value());
  EXPECT_TRUE(server_->Ready().value());
}

TEST_F(Triton, DescribesAModel) {
  const auto model = Open("types");
  ASSERT_TRUE(model);
  const auto& description = model->description();
  EXPECT_EQ(description.max_batch, 4);
  ASSERT_EQ(description.inputs.size(), 4U);
  EXPECT_EQ(description.inputs[3].name, "IN_U8");
  EXPECT_EQ(description.inputs[3].type, ElementType::kUint8);
  EXPECT_EQ(description.inputs[3].shape, (std::vector<int64_t>{-1, 2, 3}));
  EXPECT_EQ(description.used.model_name, "types");
  EXPECT_EQ(description.used.model_version, "1");
  EXPECT_EQ(description.used.weights_digest, "sha256:" + std::string(64, '5'));
  EXPECT_EQ(description.used.runtime, "triton");
  EXPECT_EQ(description.used.engine, "python");
  EXPECT_EQ(description.used.precision, "f32");
  EXPECT_EQ(description.used.device, "cpu");
}

TEST_F(Triton, CarriesEveryTypeUnchangedInMessagesAndInSharedMemory) {
  for (const SharedMemory how : {SharedMemory::kOff, SharedMemory::kOn}) {
    auto options = Options();
    options.shared_memory = how;
    const auto model = Open("types", std::nullopt, Connect(options));
    ASSERT_TRUE(model);
    EXPECT_EQ(model->Transport() == "shared memory", how == SharedMemory::kOn)
        << model->Transport();
    std::vector<Tensor> inputs;
    for (const auto& spec : model->description().inputs) {
      Tensor input{.name = spec.name, .type = spec.type, .shape = {3, 2, 3}, .bytes = {}};
      for (size_t k = 0; k < 18 * contracts::ElementBytes(spec.type); ++k)
        input.bytes += static_cast<char>(k % 100);
      inputs.push_back(std::move(input));
    }
    const auto outputs = model->Infer(inputs);
    ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
    ASSERT_EQ(outputs->size(), inputs.size());
    for (size_t k = 0; k < inputs.size(); ++k) {
      EXPECT_EQ((*outputs)[k].name, model->description().outputs[k].name);
      EXPECT_EQ((*outputs)[k].shape, inputs[k].shape);
      EXPECT_EQ((*outputs)[k].bytes, inputs[k].bytes) << inputs[k].name;
    }
  }
}

TEST_F(Triton, GivesOutputsInTheOrderExpected) {
  const contracts::ModelDescription expected{
      .used = {},
      .inputs = {{.name = "B", .type = ElementType::kFloat32, .shape = {-1, 4}},
                 {.name = "A", .type = ElementType::kFloat32, .shape = {-1, 4}}},
      .outputs = {{.name = "DIFFERENCE", .type = ElementType::kFloat32, .shape = {-1, 4}},
                  {.name = "SUM", .type = ElementType::kFloat32, .shape = {-1, 4}}}};
  const auto model = Open("add", expected);
  ASSERT_TRUE(model);
  const std::vector<Tensor> inputs = {Rows("B", 1, 4, 10), Rows("A", 1, 4, 1)};
  const auto outputs = model->Infer(inputs);
  ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
  EXPECT_EQ(Floats((*outputs)[0]), (std::vector<float>{-9, 0, 0, 0}));
  EXPECT_EQ(Floats((*outputs)[1]), (std::vector<float>{11, 2, 4, 6}));
}

TEST_F(Triton, TakesMegabytesByBothWaysAndManyCallsAtOnce) {
  for (const SharedMemory how : {SharedMemory::kOff, SharedMemory::kAuto}) {
    auto options = Options();
    options.shared_memory = how;
    options.channels = 4;
    const auto model = Open("identity", Identity(262144), Connect(options));
    ASSERT_TRUE(model);
    std::vector<std::future<Result>> calls;
    std::vector<Tensor> inputs;
    for (int k = 0; k < 8; ++k)
      inputs.push_back(Rows("IN", 1 + k % 4, 262144, static_cast<float>(k)));
    for (const Tensor& input : inputs)
      calls.push_back(std::async(std::launch::async, [&] { return InferOne(*model, input); }));
    for (size_t k = 0; k < calls.size(); ++k) ExpectOutput(calls[k].get(), inputs[k]);
    if (how == SharedMemory::kAuto) {
      EXPECT_GE(model->memory().ours_bytes.value(),
                8 * 1048576);  // an input and an output of 4 MiB at least
    } else {
      EXPECT_EQ(model->memory().ours_bytes.value(), 0);
    }
  }
}

TEST_F(Triton, OutputsOfUnknownSizeComeInTheMessage) {
  auto options = Options();
  options.shared_memory = SharedMemory::kOn;
  const auto model = Open("identity", std::nullopt, Connect(options));
  ASSERT_TRUE(model);
  const Tensor input = Rows("IN", 2, 100000);
  ExpectOutput(InferOne(*model, input), input);
}

TEST_F(Triton, BatchAboveTheLargest) {
  const auto model = Open("identity", Identity(4));
  ExpectFailure(InferOne(*model, Rows("IN", 9, 4)), FailureClass::kBatchLimit,
                "batch-size must be <= 8");
  EXPECT_EQ(InferOne(*model, Rows("IN", 9, 4)).error().max_batch, 8);
}

TEST_F(Triton, OneUnitAtATime) {
  const auto model = Open("one");
  EXPECT_EQ(model->description().max_batch, 1);
  const Tensor input = Rows("IN", 1, 4);
  ExpectOutput(InferOne(*model, input), input);
  const auto two = InferOne(*model, Rows("IN", 2, 4));
  ExpectFailure(two, FailureClass::kBatchLimit, "batch-size must be <= 1");
  EXPECT_EQ(two.error().max_batch, 1);
}

TEST_F(Triton, ModelWithoutBatches) {
  const auto model = Open("as_is");
  EXPECT_EQ(model->description().max_batch, 0);
  EXPECT_EQ(model->description().inputs[0].shape, (std::vector<int64_t>{2, 4}));
  const Tensor input = Rows("IN", 2, 4);
  ExpectOutput(InferOne(*model, input), input);
}

TEST_F(Triton, UnknownModelAndVersion) {
  const auto none = inference::OpenTritonModel(server_, "nobody", "", std::nullopt);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, Code::kContract);
  EXPECT_NE(none.error().Text().find("unknown model"), std::string::npos) << none.error().Text();
  const auto version = inference::OpenTritonModel(server_, "identity", "7", std::nullopt);
  ASSERT_FALSE(version.has_value());
  EXPECT_EQ(version.error().code, Code::kContract);
  EXPECT_NE(version.error().Text().find("version 7"), std::string::npos) << version.error().Text();
}

TEST_F(Triton, TensorsThatAreNotExpected) {
  const auto refused = [&](const contracts::ModelDescription& expected) -> std::string {
    const auto model = inference::OpenTritonModel(server_, "add", "", expected);
    if (model) return "opened";
    EXPECT_EQ(model.error().code, Code::kContract);
    return model.error().Text();
  };
  const contracts::ModelDescription right{
      .used = {},
      .inputs = {{.name = "A", .type = ElementType::kFloat32, .shape = {-1, 4}},
                 {.name = "B", .type = ElementType::kFloat32, .shape = {-1, 4}}},
      .outputs = {{.name = "SUM", .type = ElementType::kFloat32, .shape = {-1, 4}}}};
  EXPECT_EQ(refused(right), "opened");
  auto wrong = right;
  wrong.inputs[0].type = ElementType::kUint8;
  EXPECT_NE(refused(wrong).find("model add, input 'A': datatype is FP32, but must be UINT8"),
            std::string::npos)
      << refused(wrong);
  wrong = right;
  wrong.inputs[1].shape = {-1, 5};
  EXPECT_NE(refused(wrong).find("model add, input 'B': shape is [-1,4], but must be [-1,5]"),
            std::string::npos)
      << refused(wrong);
  wrong = right;
  wrong.outputs[0].name = "PRODUCT";
  EXPECT_NE(refused(wrong).find("output 'PRODUCT': the model has no tensor of that name; its "
                                "outputs are: 'SUM', 'DIFFERENCE'"),
            std::string::npos)
      << refused(wrong);
  wrong = right;
  wrong.inputs.pop_back();
  EXPECT_NE(refused(wrong).find(
                "input 'B': the model needs this input, but the component does not provide it"),
            std::string::npos)
      << refused(wrong);
  const auto half = inference::OpenTritonModel(server_, "half", "", std::nullopt);
  ASSERT_FALSE(half.has_value());
  EXPECT_NE(half.error().Text().find("datatype is FP16"), std::string::npos) << half.error().Text();
}

/// What the server itself says of tensors that the client would not send.
TEST_F(Triton, ServerRefusesWrongTensors) {
  const auto asked = [&](const std::string& name, const std::string& datatype,
                         std::vector<int64_t> shape, size_t bytes) {
    kserve::ModelInferRequest request;
    request.set_model_name("add");
    for (const char* const input : {"A", "B"}) {
      auto& tensor = *request.add_inputs();
      const bool wrong = *input == 'A';
      tensor.set_name(wrong ? name : input);
      tensor.set_datatype(wrong ? datatype : "FP32");
      for (const int64_t size : wrong ? shape : std::vector<int64_t>{1, 4}) tensor.add_shape(size);
      request.add_raw_input_contents(std::string(wrong ? bytes : 16, '\0'));
    }
    kserve::ModelInferResponse response;
    const auto status =
        server_->link().Call(&inference::KserveLink::Stub::ModelInfer, request, response, 10s);
    EXPECT_EQ(status.code, RpcCode::kInvalidArgument) << status.text;
    EXPECT_EQ(inference::FailureOfInfer(status, 1, [] { return false; }).failure,
              FailureClass::kBadRequest)
        << status.text;
    return status.text;
  };
  EXPECT_NE(asked("A", "INT32", {1, 4}, 16).find("data-type"), std::string::npos);
  EXPECT_NE(asked("A", "FP32", {1, 5}, 20).find("unexpected shape"), std::string::npos);
  EXPECT_NE(asked("A", "FP32", {1, 4}, 12).find("byte size"), std::string::npos);
  asked("C", "FP32", {1, 4}, 16);
}

TEST_F(Triton, ClientRefusesWrongTensors) {
  const auto model = Open("add");
  ExpectFailure(InferOne(*model, Rows("A", 1, 4)), FailureClass::kBadRequest,
                "there are 1 inputs, but the model needs 2");
  std::vector<Tensor> inputs = {Rows("A", 1, 4), Rows("B", 2, 4)};
  ExpectFailure(model->Infer(inputs), FailureClass::kBadRequest,
                "input 'B': has 2 units, but other inputs have 1");
  inputs[1] = Rows("B", 1, 5);
  ExpectFailure(model->Infer(inputs), FailureClass::kBadRequest,
                "input 'B': shape is [1,5], but must be [-1,4]");
}

TEST_F(Triton, OutOfMemoryOfADevice) {
  const auto model = Open("cuda_oom");
  ExpectFailure(InferOne(*model, Rows("IN", 4, 4)), FailureClass::kCapacity, "CUDA out of memory");
  const Tensor fits = Rows("IN", 3, 4);
  ExpectOutput(InferOne(*model, fits), fits);
}

TEST_F(Triton, OutOfMemoryOfTheHost) {
  const auto model = Open("memory_error");
  ExpectFailure(InferOne(*model, Rows("IN", 3, 4)), FailureClass::kHostMemory,
                "Unable to allocate");
  const Tensor fits = Rows("IN", 2, 4);
  ExpectOutput(InferOne(*model, fits), fits);
}

TEST_F(Triton, ModelThatRaises) {
  ExpectFailure(InferOne(*Open("fails"), Rows("IN", 1, 4)), FailureClass::kOther,
                "this model does not like you");
}

TEST_F(Triton, NotANumber) {
  ExpectFailure(InferOne(*Open("nan"), Rows("IN", 2, 4)), FailureClass::kInput,
                "output 'OUT': holds NaN");
}

TEST_F(Triton, OutputsThatAreNotWhatTheModelSays) {
  for (const SharedMemory how : {SharedMemory::kOff, SharedMemory::kOn}) {
    auto options = Options();
    options.shared_memory = how;
    const auto server = Connect(options);
    const auto type = InferOne(*Open("other_type", std::nullopt, server), Rows("IN", 1, 4));
    ASSERT_FALSE(type.has_value());
    EXPECT_EQ(FailureClassName(type.error().failure), "bad_response") << type.error().evidence;
    const auto shape = InferOne(*Open("other_shape", std::nullopt, server), Rows("IN", 1, 4));
    ASSERT_FALSE(shape.has_value());
    EXPECT_EQ(FailureClassName(shape.error().failure), "bad_response") << shape.error().evidence;
    // Twice the size does not go into the region; in a message it comes, and is seen to be wrong.
    const std::string words = how == SharedMemory::kOn ? "to hold the results" : "shape is [1,8]";
    EXPECT_NE(shape.error().evidence.find(words), std::string::npos) << shape.error().evidence;
  }
}

TEST_F(Triton, QueueFull) {
  const auto model = Open("queue_of_one");
  std::vector<std::future<Result>> calls;
  for (int k = 0; k < 6; ++k) {
    calls.push_back(
        std::async(std::launch::async, [&] { return InferOne(*model, Rows("IN", 1, 4, 0.5F)); }));
  }
  int full = 0;
  int through = 0;
  for (auto& call : calls) {
    const Result result = call.get();
    if (result) {
      ++through;
      continue;
    }
    ExpectFailure(result, FailureClass::kUnavailable, "Exceeds maximum queue size");
    ++full;
  }
  EXPECT_GE(full, 1);
  EXPECT_GE(through, 1);
}

TEST_F(Triton, TooLongInTheQueue) {
  const auto model = Open("short_queue_time");
  auto first =
      std::async(std::launch::async, [&] { return InferOne(*model, Rows("IN", 1, 4, 0.6F)); });
  std::this_thread::sleep_for(200ms);
  ExpectFailure(InferOne(*model, Rows("IN", 1, 4, 0)), FailureClass::kUnavailable,
                "Request timeout expired");
  EXPECT_TRUE(first.get().has_value());
}

TEST_F(Triton, AnAbandonedCallIsWaitedOut) {
  for (const SharedMemory how : {SharedMemory::kOff, SharedMemory::kOn}) {
    auto options = Options();
    options.request_timeout = 2s;
    options.shared_memory = how;
    const auto model = Open("slow", std::nullopt, Connect(options));
    const auto begin = std::chrono::steady_clock::now();
    ExpectFailure(InferOne(*model, Rows("IN", 1, 4, 2.4F)), FailureClass::kUnavailable,
                  "DEADLINE_EXCEEDED");
    EXPECT_LT(Milliseconds(begin), 2300);
    // The server has 0.4 s of work left: with 1.8 s of its own this call would run into its
    // deadline if it were sent at once.
    const Tensor next = Rows("IN", 1, 4, 1.8F);
    ExpectOutput(InferOne(*model, next), next);
    EXPECT_GT(Milliseconds(begin), 4150);
    EXPECT_LT(Milliseconds(begin), 5300)
        << "the server said that it was done, and the longest wait was waited all the same";
  }
}

TEST_F(Triton, AbandonedSharedMemoryIsNotWrittenOver) {
  auto options = Options();
  options.request_timeout = 600ms;
  const auto model = Open("slow_large", std::nullopt, Connect(options));
  ExpectFailure(InferOne(*model, Rows("IN", 1, 65536, 0.9F)), FailureClass::kUnavailable,
                "DEADLINE_EXCEEDED");
  for (int k = 0; k < 3; ++k) {
    const Tensor next = Rows("IN", 1 + k % 2, 65536, 0.01F * static_cast<float>(k));
    ExpectOutput(InferOne(*model, next), next);
  }
}

TEST_F(Triton, LearnsTimesFromTheServer) {
  const auto model = Open("slow");
  for (int k = 0; k < 3; ++k) ASSERT_TRUE(InferOne(*model, Rows("IN", 4, 4, 0.05F)).has_value());
  inference::BatchTime of_four;
  for (int k = 0; k < 100 && of_four.count < 3;
       ++k) {  // the server counts a batch a little after it has answered
    std::this_thread::sleep_for(20ms);
    const auto times = model->BatchTimes();
    if (!times) continue;
    const auto found = std::ranges::find(*times, 4, &inference::BatchTime::batch);
    if (found != times->end()) of_four = *found;
  }
  EXPECT_EQ(of_four.count, 3);
  EXPECT_GE(of_four.mean_ms, 50);
  EXPECT_LT(of_four.mean_ms, 500);
}

TEST_F(Triton, NothingLearntOfAModelThatDidNotRun) {
  const auto model = Open("as_is");
  model->Restart();  // counts from zero again
  const auto times = model->BatchTimes();
  ASSERT_FALSE(times.has_value());
  EXPECT_EQ(times.error().code, Code::kNotMeasured);
}

TEST_F(Triton, DeadModelProcessIsMendedByRestart) {
  const auto model = Open("kill_stub");
  const Tensor good = Rows("IN", 1, 4, 1);
  ExpectOutput(InferOne(*model, good), good);
  ExpectFailure(InferOne(*model, Rows("IN", 1, 4, 666)), FailureClass::kPoisoned, "is not healthy");
  ExpectFailure(InferOne(*model, good), FailureClass::kPoisoned, "is not healthy");
  model->Restart();
  ExpectOutput(InferOne(*model, good), good);
}

TEST_F(Triton, UnloadedModel) {
  const auto model = Open("fails");
  kserve::RepositoryModelUnloadRequest unload;
  unload.set_model_name("fails");
  kserve::RepositoryModelUnloadResponse unloaded;
  ASSERT_TRUE(server_->link()
                  .Ask(&inference::KserveLink::Stub::RepositoryModelUnload, unload, unloaded)
                  .ok());
  Result result = InferOne(*model, Rows("IN", 1, 4));
  for (int k = 0; k < 100 && !result && result.error().failure == FailureClass::kOther;
       ++k) {  // it is unloaded a little later
    std::this_thread::sleep_for(50ms);
    result = InferOne(*model, Rows("IN", 1, 4));
  }
  // Of the version that the client has pinned it says this, whoever asks for any hears the other.
  ExpectFailure(result, FailureClass::kUnavailable, "version 1 is not at ready state");
  for (int k = 0; k < 200 && !server_->Ready().value(); ++k)
    std::this_thread::sleep_for(50ms);  // while it unloads, it is not
  kserve::ModelInferRequest any;
  any.set_model_name("fails");
  kserve::ModelInferResponse response;
  const auto status =
      server_->link().Call(&inference::KserveLink::Stub::ModelInfer, any, response, 10s);
  EXPECT_NE(status.text.find("has no available versions"), std::string::npos) << status.text;
  EXPECT_EQ(inference::FailureOfInfer(status, 1, [&] { return !server_->Ready().value(); }).failure,
            FailureClass::kBadRequest);
  const auto opened = inference::OpenTritonModel(server_, "fails", "", std::nullopt);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kContract) << opened.error().Text();
  model->Restart();
  ExpectFailure(InferOne(*model, Rows("IN", 1, 4)), FailureClass::kOther,
                "this model does not like you");
}

TEST_F(Triton, KilledInACallAndStartedAgain) {
  auto options = Options();
  options.shared_memory = SharedMemory::kOn;
  const auto model = Open("slow", std::nullopt, Connect(options));
  auto call =
      std::async(std::launch::async, [&] { return InferOne(*model, Rows("IN", 1, 4, 20)); });
  std::this_thread::sleep_for(300ms);
  Control("kill");
  const Result killed = call.get();
  ASSERT_FALSE(killed.has_value());
  EXPECT_EQ(FailureClassName(killed.error().failure), "unavailable") << killed.error().evidence;
  const Result away = InferOne(*model, Rows("IN", 1, 4));
  ASSERT_FALSE(away.has_value());
  EXPECT_EQ(FailureClassName(away.error().failure), "unavailable") << away.error().evidence;
  const auto nobody = TritonServer::Connect(Options());
  ASSERT_FALSE(nobody.has_value());
  EXPECT_EQ(nobody.error().code, Code::kUnavailable) << nobody.error().Text();
  EXPECT_NE(nobody.error().Text().find("check that the server runs"), std::string::npos)
      << nobody.error().Text();
  Control("start");
  // The connection comes back by itself, and the regions that the new server does not know are made
  // anew.
  const Tensor good = Rows("IN", 2, 4, 0);
  Result again = InferOne(*model, good);
  for (int k = 0; k < 40 && !again; ++k) {
    EXPECT_EQ(FailureClassName(again.error().failure), "unavailable") << again.error().evidence;
    std::this_thread::sleep_for(100ms);
    again = InferOne(*model, good);
  }
  ExpectOutput(again, good);
  EXPECT_EQ(model->Transport(), "shared memory");
}

TEST_F(Triton, ShuttingDownIsNotAMissingModel) {
  const auto slow = Open("slow");
  const auto other = Open("identity", Identity(4));
  auto call = std::async(std::launch::async, [&] { return InferOne(*slow, Rows("IN", 1, 4, 3)); });
  std::this_thread::sleep_for(300ms);
  Control("term");
  std::this_thread::sleep_for(700ms);
  const Result draining = InferOne(*other, Rows("IN", 1, 4));
  ASSERT_FALSE(draining.has_value());
  EXPECT_EQ(FailureClassName(draining.error().failure), "unavailable") << draining.error().evidence;
  const auto opened = inference::OpenTritonModel(server_, "identity", "", std::nullopt);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kUnavailable) << opened.error().Text();
  EXPECT_TRUE(call.get().has_value());  // what was in flight is finished
  Control("wait");
  Control("start");
}

TEST_F(Triton, HttpPortIsNotTheGrpcPort) {
  auto options = Options();
  options.url = "127.0.0.1:" + FromEnvironment("REELBATCH_SERVER_HTTP_PORT");
  options.connect_timeout = 3s;
  const auto server = TritonServer::Connect(options);
  ASSERT_FALSE(server.has_value());
  EXPECT_TRUE(server.error().code == Code::kUnavailable || server.error().code == Code::kDeadline)
      << server.error().Text();
}

TEST_F(Triton, TlsWhereTheServerHasNone) {
  auto options = Options();
  options.tls = true;
  options.connect_timeout = 3s;
  const auto server = TritonServer::Connect(options);
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, Code::kUnavailable) << server.error().Text();
  EXPECT_NE(server.error().Text().find("that it uses TLS"), std::string::npos)
      << server.error().Text();
}

/// A server that does not let its clients load models.
TEST_F(WithoutControl, DeadModelProcessNeedsTheOperator) {
  const auto model = Open("kill_stub");
  ExpectFailure(InferOne(*model, Rows("IN", 1, 4, 666)), FailureClass::kPoisoned, "is not healthy");
  model->Restart();
  ExpectFailure(InferOne(*model, Rows("IN", 1, 4, 1)), FailureClass::kPoisoned,
                "--model-control-mode=explicit");
}

TEST_F(WithoutControl, OtherModelsGoOn) {
  const auto model = Open("identity", Identity(4));
  const Tensor input = Rows("IN", 8, 4);
  ExpectOutput(InferOne(*model, input), input);
}

}  // namespace
}  // namespace reelbatch::tests
