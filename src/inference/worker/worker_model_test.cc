#include "inference/worker/worker_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/hash.h"
#include "base/test_folder.h"

// The real program reelbatch-worker, with an engine that stands in for OpenVINO and fails as it is
// told by the first number of a batch (tests/fixtures/openvino).
namespace reelbatch::inference {
namespace {

namespace fs = std::filesystem;
using contracts::FailureClass;
using contracts::Tensor;
using ::testing::HasSubstr;

// As enum Fault of the stand-in.
constexpr float kFine = 0;
constexpr float kBadAlloc = 1;
constexpr float kOtherError = 3;
constexpr float kUnwritten = 4;
constexpr float kElsewhere = 5;
constexpr float kCrash = 6;
constexpr float kKilled = 7;
constexpr float kExit = 8;
constexpr float kStopped = 9;

Tensor Batch(float first, int64_t units) {
  std::vector<float> values(static_cast<size_t>(3 * units), 0.5F);
  values.front() = first;
  return contracts::MakeTensor("x", values, {units, 3});
}

class InWorker : public ::testing::Test {
 protected:
  InWorker() {
    const fs::path model = temporary_.path() / "log";
    const fs::path engine = temporary_.path() / ".venv/lib/python3.11/site-packages/openvino/libs";
    fs::create_directories(model);
    fs::create_directories(engine);
    fs::copy_file(REELBATCH_FAKE_OPENVINO, engine / "libopenvino_c.so.2690");
    WriteModel("graph");
    folder_ = ReadModelFolder(model).value();
    options_ = {.threads = 1, .engines = {temporary_.path()}};
  }
  void WriteModel(const std::string& graph) const {
    const fs::path model = temporary_.path() / "log";
    std::ofstream(model / "model.xml") << graph;
    std::ofstream(model / "model.json")
        << R"({"schema": "reelbatch_model_v1", "name": "log", "version": "1",
"title": "t", "licence": "l", "source": "s", "precision": "f32", "weights_digest": "sha256:)" +
               base::Sha256Hex(graph) + R"(",
"inputs": [{"name": "x", "type": "f32", "shape": [-1, 3]}],
"outputs": [{"name": "y", "type": "f32", "shape": [-1, 3]}],
"files": {"model.xml": "sha256:)" +
               base::Sha256Hex(graph) + "\"}}";
  }
  std::unique_ptr<Model> Open() const { return OpenInWorker(folder_, options_, worker_).value(); }
  /// The class of the failure of a batch, and its text.
  static std::pair<FailureClass, std::string> FailureOf(Model& model, float first,
                                                        int64_t units = 2) {
    const auto outputs = model.Infer(std::vector{Batch(first, units)});
    if (outputs) return {FailureClass::kOther, "no failure"};
    return {outputs.error().failure, outputs.error().evidence};
  }
  static bool Copies(Model& model, int64_t units) {
    const Tensor input = Batch(kFine, units);
    const auto outputs = model.Infer(std::vector{input});
    return outputs && outputs->size() == 1 && outputs->front().name == "y" &&
           outputs->front().shape == input.shape && outputs->front().bytes == input.bytes;
  }

  base::testing::TempFolder temporary_;
  ModelFolder folder_;
  OpenVinoOptions options_;
  WorkerOptions worker_{.program = REELBATCH_WORKER};
};

TEST_F(InWorker, RunsBatchesOfAnySizeAsTheModelInProcessDoes) {
  const auto model = Open();
  const auto here = OpenOpenVino(folder_, options_).value();
  EXPECT_EQ(model->description().used, here->description().used);
  EXPECT_TRUE(model->has_deadline());
  // Memory grows with the largest batch.
  for (const int64_t units : {1, 7, 100'000, 3}) EXPECT_TRUE(Copies(*model, units)) << units;
}

TEST_F(InWorker, WhatFailsInItHasTheClassOfTheModelInProcess) {
  const auto model = Open();
  EXPECT_EQ(FailureOf(*model, kBadAlloc).first, FailureClass::kHostMemory);
  EXPECT_EQ(FailureOf(*model, kUnwritten).first, FailureClass::kHostMemory);
  EXPECT_EQ(FailureOf(*model, kOtherError),
            std::pair(FailureClass::kOther, std::string("Check 'good' failed")));
  const auto wrong =
      model->Infer(std::vector{contracts::MakeTensor<float>("z", {1, 2, 3}, {1, 3})});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().failure, FailureClass::kBadRequest);
  EXPECT_TRUE(Copies(*model, 2));
}

TEST_F(InWorker, ItsEndIsALackOfMemoryAndTheNextBatchHasANewOne) {
  const auto model = Open();
  for (const auto& [fault, how] :
       {std::pair(kCrash, "signal 11 (Segmentation fault): last words"),
        std::pair(kKilled, "signal 9 (Killed)"), std::pair(kExit, "exit code 3")}) {
    const auto [failure, text] = FailureOf(*model, fault);
    EXPECT_EQ(failure, FailureClass::kHostMemory);
    EXPECT_THAT(text, HasSubstr(how));
    EXPECT_TRUE(Copies(*model, 4)) << how;
  }
}

TEST_F(InWorker, OneThatDoesNotAnswerIsKilled) {
  worker_.timeout = std::chrono::milliseconds(300);
  const auto model = Open();
  const auto [failure, text] = FailureOf(*model, kStopped);
  EXPECT_EQ(failure, FailureClass::kHostMemory);
  EXPECT_THAT(text, HasSubstr("no answer within 0.3 s (--stall-timeout)"));
  EXPECT_TRUE(Copies(*model, 1));
}

TEST_F(InWorker, ReplacesItAfterAFailureThatIsNotTheBatchsOwnAndAtRestart) {
  const auto model = Open();
  const auto pid = [&] {
    std::ifstream file("/proc/self/task/" + std::to_string(getpid()) + "/children");
    std::string first;
    file >> first;
    return first;
  };
  const std::string before = pid();
  ASSERT_FALSE(before.empty());
  EXPECT_EQ(FailureOf(*model, kElsewhere).first, FailureClass::kBadResponse);
  EXPECT_EQ(pid(), before);
  std::string second = before;
  for (const float fault : {kBadAlloc, kOtherError}) {
    FailureOf(*model, fault);
    EXPECT_EQ(pid(), "") << "nothing runs until the next batch";
    EXPECT_TRUE(Copies(*model, 1));
    EXPECT_NE(pid(), second);
    second = pid();
  }
  model->Restart();
  EXPECT_TRUE(Copies(*model, 1));
  EXPECT_NE(pid(), second);
}

TEST_F(InWorker, RunsBatchesSideBySide) {
  options_.lanes = 3;
  const auto model = Open();
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int k = 0; k < 5; ++k) {  // more than lanes
    threads.emplace_back([&, k] {
      for (int round = 0; round < 20; ++round) good += Copies(*model, k + 1) ? 1 : 0;
    });
  }
  threads.clear();
  EXPECT_EQ(good, 100);
}

TEST_F(InWorker, AModelThatChangedMeanwhileIsRefused) {
  const auto model = Open();
  WriteModel("another graph");
  EXPECT_EQ(FailureOf(*model, kKilled).first, FailureClass::kHostMemory);
  const auto [failure, text] = FailureOf(*model, kFine);
  EXPECT_EQ(failure, FailureClass::kBadRequest);
  EXPECT_THAT(text, HasSubstr("changed"));
}

TEST_F(InWorker, ErrorsOfLoadingAreThoseOfTheModelInProcess) {
  std::ofstream(folder_.path / "model.xml") << "damaged";
  const auto opened = OpenInWorker(folder_, options_, worker_);
  ASSERT_FALSE(opened);
  const auto here = OpenOpenVino(folder_, options_);
  ASSERT_FALSE(here);
  EXPECT_EQ(opened.error().code, here.error().code);
  EXPECT_EQ(opened.error().Text(), here.error().Text());
}

TEST_F(InWorker, AProgramThatIsNotOneIsNamed) {
  worker_.program = temporary_.path() / "nothing";
  const auto absent = OpenInWorker(folder_, options_, worker_);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, base::Code::kUnavailable);
  EXPECT_THAT(absent.error().Text(), HasSubstr("nothing: cannot be started"));
  worker_.program = "/bin/false";
  const auto wrong = OpenInWorker(folder_, options_, worker_);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::Code::kUnavailable);
  EXPECT_EQ(wrong.error().Text(),
            "/bin/false: the process that ran the model failed with exit code 1");
}

TEST_F(InWorker, ItEndsWithTheProgramThatStartedIt) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const auto model = Open();
    std::ifstream file("/proc/self/task/" + std::to_string(getpid()) + "/children");
    pid_t worker = 0;
    file >> worker;
    kill(worker, SIGSTOP);  // not even then does it stay
    if (write(pipe_ends[1], &worker, sizeof worker) < 0) raise(SIGABRT);
    raise(SIGKILL);
  }
  pid_t worker = 0;
  ASSERT_EQ(read(pipe_ends[0], &worker, sizeof worker), static_cast<ssize_t>(sizeof worker));
  ASSERT_GT(worker, 0);
  int status = 0;
  waitpid(parent, &status, 0);
  bool gone = false;
  for (int k = 0; k < 500 && !gone; ++k) {
    std::ifstream state("/proc/" + std::to_string(worker) + "/stat");
    std::string text;
    std::getline(state, text);
    gone = text.empty() || text.find(") Z ") != std::string::npos;
    if (!gone) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(gone);
}

TEST(Worker, IsNotForPeople) {
  const auto run = [](std::vector<std::string> words) {
    words.insert(words.begin(), REELBATCH_WORKER);
    base::ChildCall call;
    call.words = std::move(words);
    return base::RunChild(call, base::CancelToken());
  };
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"1"}, {"1", "none"}, {"0", "1"}, {"1", "0"}}) {
    const auto refused = run(words);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("exit code 2"));
  }
}

}  // namespace
}  // namespace reelbatch::inference
