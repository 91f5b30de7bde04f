// The client against a server in the test's own process: what a real one cannot be made to do. The
// real ones: tests/triton.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmath>
#include <cstdlib>
#include <future>
#include <limits>

#include "base/clock.h"
#include "base/test_folder.h"
#include "inference/triton/test_server.h"
#include "inference/triton/triton_model.h"
#include "inference/triton/triton_server.h"

namespace reelbatch::inference {
namespace {

using base::Code;
using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;
using testing::TestServer;
using testing::TestService;
namespace kserve = testing::kserve;
using namespace std::chrono_literals;
using Outputs = std::expected<std::vector<Tensor>, contracts::BatchFailure>;

Tensor Input(int64_t units, float first = 1) {
  std::vector<float> values(static_cast<size_t>(units) * 4, 2);
  values[0] = first;
  return {.name = "IN",
          .type = ElementType::kFloat32,
          .shape = {units, 4},
          .bytes = std::string(reinterpret_cast<const char*>(values.data()),
                               values.size() * sizeof(float))};
}

Outputs Infer(TritonModel& model, const Tensor& input) { return model.Infer({&input, 1}); }

void ExpectFailure(const Outputs& outputs, FailureClass failure, const std::string& words) {
  ASSERT_FALSE(outputs.has_value()) << "wanted " << FailureClassName(failure);
  EXPECT_EQ(FailureClassName(outputs.error().failure), FailureClassName(failure))
      << outputs.error().evidence;
  EXPECT_NE(outputs.error().evidence.find(words), std::string::npos) << outputs.error().evidence;
}

double SecondsOf(const std::function<void()>& work) {
  const base::SystemClock clock;
  const auto begin = clock.Steady();
  work();
  return std::chrono::duration<double>(clock.Steady() - begin).count();
}

/// Where calls in the server wait until the test lets them go on.
class Gate {
 public:
  void Wait() const { future_.wait(); }
  void Open() { promise_.set_value(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

class ServedModel : public ::testing::Test {
 protected:
  /// Returns when no call is in the server any more: before the test's own variables go.
  void EndServer() { running_.reset(); }
  std::unique_ptr<TritonModel> Open(
      TritonOptions options = {},
      const std::optional<contracts::ModelDescription>& expected = std::nullopt) {
    if (!running_) running_ = std::make_unique<TestServer>(service_);
    options.url = running_->url();
    auto server = TritonServer::Connect(options);
    EXPECT_TRUE(server.has_value()) << server.error().Text();
    if (!server) return nullptr;
    auto model = OpenTritonModel(*server, "m", "", expected);
    EXPECT_TRUE(model.has_value()) << model.error().Text();
    return model ? std::move(*model) : nullptr;
  }
  std::unique_ptr<TritonModel> OpenInMessages() {
    return Open({.shared_memory = SharedMemory::kOff});
  }

  TestService service_;
  std::unique_ptr<TestServer> running_;
};

TEST_F(ServedModel, GivesBackWhatItGets) {
  const auto model = Open({.shared_memory = SharedMemory::kOn});
  const auto in_region = Infer(*model, Input(3));
  ASSERT_TRUE(in_region.has_value()) << in_region.error().evidence;
  EXPECT_EQ(in_region->front().bytes, Input(3).bytes);
  const auto in_message = Infer(*OpenInMessages(), Input(3));
  ASSERT_TRUE(in_message.has_value());
  EXPECT_EQ(in_message->front().bytes, Input(3).bytes);
  EXPECT_EQ(model->memory().server_bytes, 1024);
}

TEST_F(ServedModel, PinsTheHighestVersion) {
  service_.metadata.add_versions("12");
  service_.metadata.add_versions("7");
  std::string asked;
  service_.answer = [&](const auto& request, auto&) {
    asked = request.model_version();
    return grpc::Status::OK;
  };
  const auto model = OpenInMessages();
  EXPECT_EQ(model->description().used.model_version, "12");
  ASSERT_TRUE(Infer(*model, Input(1)).has_value());
  EXPECT_EQ(asked, "12");
  service_.answer = [](const auto&, auto& response) {
    response.set_model_version("13");
    return grpc::Status::OK;
  };
  ExpectFailure(Infer(*model, Input(1)), FailureClass::kBadResponse,
                "version 13 of the model, but version 12 was requested");
}

TEST_F(ServedModel, AnswersThatAreNotWhatTheModelSays) {
  const auto model = OpenInMessages();
  const auto with = [&](const std::function<void(kserve::ModelInferResponse&)>& change) {
    service_.answer = [change](const auto&, auto& response) {
      change(response);
      return grpc::Status::OK;
    };
    return Infer(*model, Input(2));
  };
  ExpectFailure(with([](auto& r) { r.mutable_outputs(0)->set_name("OTHER"); }),
                FailureClass::kBadResponse, "output 'OUT': is not in the answer");
  ExpectFailure(with([](auto& r) { r.clear_outputs(); }), FailureClass::kBadResponse,
                "is not in the answer");
  ExpectFailure(with([](auto& r) { r.mutable_outputs(0)->set_datatype("INT32"); }),
                FailureClass::kBadResponse, "type is INT32, but must be FP32");
  ExpectFailure(with([](auto& r) { r.mutable_outputs(0)->set_shape(0, 3); }),
                FailureClass::kBadResponse, "shape is [3,4], but must be [-1,4] for 2 units");
  ExpectFailure(with([](auto& r) { r.mutable_outputs(0)->set_shape(1, -4); }),
                FailureClass::kBadResponse, "shape is [2,-4]");
  ExpectFailure(with([](auto& r) { r.mutable_outputs(0)->add_shape(1); }),
                FailureClass::kBadResponse, "shape is [2,4,1]");
  ExpectFailure(with([](auto& r) { r.mutable_raw_output_contents(0)->resize(31); }),
                FailureClass::kBadResponse, "has 31 bytes, but its shape needs 32");
  ExpectFailure(with([](auto& r) { r.clear_raw_output_contents(); }), FailureClass::kBadResponse,
                "has 0 bytes");
  ExpectFailure(with([](auto& r) {
                  r.clear_raw_output_contents();
                  r.mutable_outputs(0)->mutable_contents()->add_fp32_contents(1);
                }),
                FailureClass::kBadResponse, "has 4 bytes");
  const auto nan = with([](auto& r) {
    const float value = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(r.mutable_raw_output_contents(0)->data() + 28, &value, sizeof value);
  });
  ExpectFailure(nan, FailureClass::kInput, "output 'OUT': holds NaN");
}

TEST_F(ServedModel, InfinityIsANumber) {
  const auto outputs = Infer(*OpenInMessages(), Input(1, std::numeric_limits<float>::infinity()));
  EXPECT_TRUE(outputs.has_value());
}

TEST_F(ServedModel, ExtraOutputsBeforeOursAreLeftAlone) {
  const auto model = OpenInMessages();
  service_.answer = [](const auto&, auto& response) {
    TestService::AddTensor(*response.add_outputs(), "EXTRA", "BYTES", {1});
    response.add_raw_output_contents("something");
    response.mutable_outputs()->SwapElements(0, 1);
    response.mutable_raw_output_contents()->SwapElements(0, 1);
    return grpc::Status::OK;
  };
  const auto outputs = Infer(*model, Input(2));
  ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
  ASSERT_EQ(outputs->size(), 1U);
  EXPECT_EQ(outputs->front().bytes, Input(2).bytes);
}

TEST_F(ServedModel, TypedContentsAreRead) {
  const auto model = OpenInMessages();
  service_.answer = [](const auto&, auto& response) {
    response.clear_raw_output_contents();
    for (int k = 0; k < 4; ++k)
      response.mutable_outputs(0)->mutable_contents()->add_fp32_contents(k == 0 ? 1.0F : 2.0F);
    return grpc::Status::OK;
  };
  const auto outputs = Infer(*model, Input(1));
  ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
  EXPECT_EQ(outputs->front().bytes, Input(1).bytes);
}

TEST_F(ServedModel, AnswersOverFourMegabytes) {
  service_.metadata.mutable_inputs(0)->set_shape(1, -1);
  service_.metadata.mutable_outputs(0)->set_shape(1, -1);
  Tensor large = Input(1);
  large.shape = {1, 4000000};
  large.bytes.assign(16000000, '\x01');
  const auto outputs = Infer(*OpenInMessages(), large);
  ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
  EXPECT_TRUE(outputs->front().bytes == large.bytes);
}

TEST_F(ServedModel, ServerWithTheCoreOnly) {
  service_.optional_calls = false;
  service_.extensions.clear();
  const auto model = Open();
  EXPECT_EQ(model->description().max_batch, 0);
  EXPECT_EQ(model->description().used.engine, "test");
  EXPECT_EQ(model->Transport(),
            "messages (the server does not have the extension system_shared_memory)");
  EXPECT_TRUE(Infer(*model, Input(2)).has_value());
  EXPECT_EQ(model->BatchTimes().error().code, Code::kNotMeasured);
  EXPECT_EQ(model->memory().server_bytes, std::nullopt);
  model->Restart();
  service_.answer = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::INTERNAL, "Stub process 'm_0_0' is not healthy.");
  };
  ExpectFailure(Infer(*model, Input(2)), FailureClass::kPoisoned,
                "could not be reloaded (UNIMPLEMENTED: Method not found!)");
}

TEST_F(ServedModel, SharedMemoryThatIsPromisedAndRefused) {
  service_.register_region = [](const auto&) {
    return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "shared memory is disabled");
  };
  const auto model = Open();
  EXPECT_EQ(service_.registers, 1);
  EXPECT_NE(model->Transport().find("in messages (UNIMPLEMENTED: shared memory is disabled"),
            std::string::npos)
      << model->Transport();
  Tensor large = Input(8192);
  EXPECT_TRUE(Infer(*model, large).has_value());
  EXPECT_EQ(service_.registers, 1) << "it was asked again after it had refused";
  auto server = TritonServer::Connect({.url = running_->url(), .shared_memory = SharedMemory::kOn});
  const auto must = OpenTritonModel(*server, "m", "", std::nullopt);
  ASSERT_FALSE(must.has_value());
  EXPECT_EQ(must.error().code, Code::kContract);
  EXPECT_NE(must.error().Text().find("shared memory is on"), std::string::npos)
      << must.error().Text();
}

TEST_F(ServedModel, ServerThatCannotSeeOurSharedMemory) {
  service_.register_region = [](const auto& request) {
    return grpc::Status(grpc::StatusCode::INTERNAL,
                        "Unable to open shared memory region: '" + request.key() + "'");
  };
  const auto model = Open();
  EXPECT_NE(model->Transport().find("Unable to open"), std::string::npos) << model->Transport();
  EXPECT_TRUE(Infer(*model, Input(8192)).has_value());
}

TEST_F(ServedModel, RegionThatAlreadyExistsIsRegisteredAnew) {
  service_.register_region = [this](const auto&) {
    return service_.unregisters == 0 ? grpc::Status(grpc::StatusCode::ALREADY_EXISTS,
                                                    "shared memory region already in manager")
                                     : grpc::Status::OK;
  };
  const auto model = Open({.shared_memory = SharedMemory::kOn});
  EXPECT_EQ(service_.unregisters, 1);
  EXPECT_EQ(service_.registers, 2);
  EXPECT_TRUE(Infer(*model, Input(1)).has_value());
}

TEST_F(ServedModel, RegionsAreMadeAnewForAServerThatForgotThem) {
  const auto model = Open({.shared_memory = SharedMemory::kOn});
  ASSERT_TRUE(Infer(*model, Input(1)).has_value());
  EXPECT_EQ(service_.registers, 1);
  service_.ForgetRegions();
  const auto outputs = Infer(*model, Input(5));
  ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
  EXPECT_EQ(outputs->front().bytes, Input(5).bytes);
  EXPECT_EQ(service_.registers, 2);
  EXPECT_EQ(model->Transport(), "shared memory");
}

TEST_F(ServedModel, LargerBatchesGetLargerRegionsAndNothingIsLeft) {
  std::map<std::string, std::string> seen;
  {
    const auto model = Open({.shared_memory = SharedMemory::kOn});
    for (const int64_t units : {1, 200000, 10, 400000}) {
      const auto outputs = Infer(*model, Input(units));
      ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
      EXPECT_TRUE(outputs->front().bytes == Input(units).bytes);
      EXPECT_EQ(service_.Regions().size(), 1U);
      seen.merge(service_.Regions());
    }
  }
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_TRUE(service_.Regions().empty());
  for (const auto& [name, key] : seen) EXPECT_LT(shm_open(key.c_str(), O_RDONLY, 0), 0) << key;
}

TEST_F(ServedModel, OutputThatTheServerDoesNotWriteIsNotThatOfAnEarlierBatch) {
  const auto model = Open({.shared_memory = SharedMemory::kOn});
  ASSERT_TRUE(Infer(*model, Input(2)).has_value());
  service_.skip_output = true;
  ExpectFailure(Infer(*model, Input(2)), FailureClass::kInput, "holds NaN");
}

TEST_F(ServedModel, DeadlineIsKeptAndTheAbandonedCallWaitedOutByStatistics) {
  Gate gate;
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  service_.answer = [&](const auto&, auto&) {
    most = std::max(most.load(), ++at_once);
    gate.Wait();
    --at_once;
    return grpc::Status::OK;
  };
  const auto model = Open({.request_timeout = 300ms, .shared_memory = SharedMemory::kOn});
  const double took = SecondsOf([&] {
    ExpectFailure(Infer(*model, Input(1)), FailureClass::kUnavailable, "DEADLINE_EXCEEDED");
  });
  EXPECT_LT(took, 3);
  gate.Open();
  // The server ends it now: the next call comes through, alone, in a region that nobody else writes
  // to.
  const auto outputs = Infer(*model, Input(2));
  ASSERT_TRUE(outputs.has_value()) << outputs.error().evidence;
  EXPECT_EQ(outputs->front().bytes, Input(2).bytes);
  EXPECT_EQ(most, 1);
  EndServer();
}

TEST_F(ServedModel, WithoutStatisticsTheWaitHasAnEnd) {
  service_.optional_calls = false;
  service_.extensions.clear();
  std::atomic<bool> slow{true};
  Gate gate;
  service_.answer = [&](const auto&, auto&) {
    if (slow.exchange(false)) gate.Wait();
    return grpc::Status::OK;
  };
  const auto model = Open({.request_timeout = 400ms});
  ExpectFailure(Infer(*model, Input(1)), FailureClass::kUnavailable, "DEADLINE_EXCEEDED");
  double took = SecondsOf([&] { EXPECT_TRUE(Infer(*model, Input(1)).has_value()); });
  EXPECT_GE(took, 0.4);
  took = SecondsOf([&] { EXPECT_TRUE(Infer(*model, Input(1)).has_value()); });
  EXPECT_LT(took, 0.4) << "it is waited for once";
  gate.Open();
  EndServer();
}

TEST_F(ServedModel, AbandonedRegionIsNotTakenFromUnderTheServer) {
  Gate gate;
  service_.answer = [&](const auto&, auto&) {
    gate.Wait();
    return grpc::Status::OK;
  };
  {
    const auto model = Open({.request_timeout = 200ms, .shared_memory = SharedMemory::kOn});
    ExpectFailure(Infer(*model, Input(1)), FailureClass::kUnavailable, "DEADLINE_EXCEEDED");
  }
  EXPECT_EQ(service_.unregisters, 0) << "the call may still write to it";
  EXPECT_EQ(service_.Regions().size(), 1U);
  for (const auto& [name, key] : service_.Regions())
    EXPECT_LT(shm_open(key.c_str(), O_RDONLY, 0), 0) << "its name is gone all the same";
  gate.Open();
  EndServer();
}

TEST_F(ServedModel, ServerThatEndsInACall) {
  Gate gate;
  std::promise<void> in_call;
  service_.answer = [&](const auto&, auto&) {
    in_call.set_value();
    gate.Wait();
    return grpc::Status::OK;
  };
  const auto model = OpenInMessages();
  auto call = std::async(std::launch::async, [&] { return Infer(*model, Input(1)); });
  in_call.get_future().wait();
  auto stop = std::async(std::launch::async, [&] { running_->Stop(); });
  const Outputs outputs = call.get();
  gate.Open();
  stop.wait();
  ASSERT_FALSE(outputs.has_value());
  EXPECT_EQ(FailureClassName(outputs.error().failure), "unavailable") << outputs.error().evidence;
  ExpectFailure(Infer(*model, Input(1)), FailureClass::kUnavailable, "UNAVAILABLE");
}

TEST_F(ServedModel, ReloadsWhereItMay) {
  const auto model = OpenInMessages();
  model->Restart();
  EXPECT_EQ(service_.loads, 1);
  service_.unload = {grpc::StatusCode::UNAVAILABLE,
                     "explicit model load / unload is not allowed if polling is enabled"};
  model->Restart();
  EXPECT_EQ(service_.loads, 1);
  service_.answer = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::INTERNAL, "Stub process 'm_0_0' is not healthy.");
  };
  ExpectFailure(Infer(*model, Input(1)), FailureClass::kPoisoned, "--model-control-mode=explicit");
}

TEST_F(ServedModel, ModelForOneUnitServesBatchesOfOne) {
  service_.config.set_max_batch_size(0);
  service_.metadata.mutable_inputs(0)->set_shape(0, 1);
  service_.metadata.mutable_outputs(0)->set_shape(0, 1);
  const contracts::ModelDescription expected{
      .used = {},
      .inputs = {{.name = "IN", .type = ElementType::kFloat32, .shape = {-1, 4}}},
      .outputs = {{.name = "OUT", .type = ElementType::kFloat32, .shape = {-1, 4}}}};
  const auto model = Open({}, expected);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->description().max_batch, 1);
  EXPECT_TRUE(Infer(*model, Input(1)).has_value());
}

TEST_F(ServedModel, OtherWeightsThanExpected) {
  (*service_.config.mutable_parameters())["weights_digest"].set_string_value("sha256:" +
                                                                             std::string(64, 'a'));
  running_ = std::make_unique<TestServer>(service_);
  auto server = TritonServer::Connect({.url = running_->url()});
  ASSERT_TRUE(server.has_value());
  contracts::ModelDescription expected{
      .used = {},
      .inputs = {{.name = "IN", .type = ElementType::kFloat32, .shape = {-1, 4}}},
      .outputs = {{.name = "OUT", .type = ElementType::kFloat32, .shape = {-1, 4}}}};
  const auto declared = OpenTritonModel(*server, "m", "", expected);
  ASSERT_TRUE(declared.has_value()) << declared.error().Text();
  EXPECT_EQ((*declared)->description().used.weights_digest, "sha256:" + std::string(64, 'a'));
  expected.used.weights_digest = "sha256:" + std::string(64, 'b');
  const auto refused = OpenTritonModel(*server, "m", "", expected);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kContract);
  EXPECT_NE(refused.error().Text().find("the server has other weights"), std::string::npos)
      << refused.error().Text();
}

TEST_F(ServedModel, EveryChannelIsAConnection) {
  const auto model = Open({.channels = 3, .shared_memory = SharedMemory::kOff});
  for (int k = 0; k < 9; ++k) ASSERT_TRUE(Infer(*model, Input(1)).has_value());
  EXPECT_EQ(service_.Peers().size(), 3U);
}

TEST_F(ServedModel, HeadersGoWithEveryCall) {
  Open({.headers = {{"authorization", "Bearer abc"}, {"x-tenant", "reels"}}});
  const auto headers = service_.Headers();
  ASSERT_TRUE(headers.contains("authorization"));
  EXPECT_EQ(headers.find("authorization")->second, "Bearer abc");
  EXPECT_TRUE(headers.contains("x-tenant"));
}

TEST_F(ServedModel, NotLive) {
  service_.live = false;
  running_ = std::make_unique<TestServer>(service_);
  const auto server = TritonServer::Connect({.url = running_->url()});
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, Code::kUnavailable);
}

TEST(TritonConnect, OptionsThatAreNotUsable) {
  const auto code_of = [](TritonOptions options) {
    const auto server = TritonServer::Connect(std::move(options));
    EXPECT_FALSE(server.has_value());
    return server ? std::string()
                  : std::string(base::CodeName(server.error().code)) + " " + server.error().Text();
  };
  for (const char* const url :
       {"", "localhost", ":8001", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:80o1",
        "http://127.0.0.1:8000", "http://host/path", "::1:8001"}) {
    EXPECT_EQ(code_of({.url = url}).find("invalid_argument url: "), 0U)
        << url << ": " << code_of({.url = url});
  }
  EXPECT_EQ(code_of({.url = "127.0.0.1:1", .channels = 0}).find("invalid_argument channels"), 0U);
  EXPECT_EQ(code_of({.url = "127.0.0.1:1", .request_timeout = 0s})
                .find("invalid_argument request_timeout"),
            0U);
  EXPECT_EQ(code_of({.url = "127.0.0.1:1", .tls_ca = "ca.pem"}).find("invalid_argument tls"), 0U);
  EXPECT_EQ(
      code_of({.url = "grpcs://127.0.0.1:1", .tls_cert = "c.pem"}).find("invalid_argument tls_key"),
      0U);
  EXPECT_EQ(code_of({.url = "grpcs://127.0.0.1:1", .tls_ca = "/nowhere/ca.pem"})
                .find("io tls_ca, /nowhere/ca.pem"),
            0U);
  EXPECT_EQ(code_of({.url = "127.0.0.1:1", .headers = {{"Authorization", "x"}}})
                .find("invalid_argument headers"),
            0U);
  EXPECT_EQ(code_of({.url = "127.0.0.1:1", .headers = {{"grpc-x", "x"}}})
                .find("invalid_argument headers"),
            0U);
  EXPECT_EQ(code_of({.url = "127.0.0.1:1", .headers = {{"x", "line\nbreak"}}})
                .find("invalid_argument headers"),
            0U);
}

TEST(TritonConnect, NobodyListens) {
  const auto server = TritonServer::Connect({.url = "127.0.0.1:1"});
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, Code::kUnavailable);
  EXPECT_NE(server.error().Text().find("127.0.0.1:1: UNAVAILABLE: failed to connect"),
            std::string::npos)
      << server.error().Text();
  EXPECT_NE(server.error().Text().find("check that the server runs"), std::string::npos)
      << server.error().Text();
}

TEST(TritonConnect, SomethingThatNeverAnswers) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 8), 0);
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const double took = SecondsOf([&] {
    const auto server = TritonServer::Connect(
        {.url = "127.0.0.1:" + std::to_string(ntohs(address.sin_port)), .connect_timeout = 500ms});
    ASSERT_FALSE(server.has_value());
    // Of the two that wait as long, whichever ends first: the connection's attempt or the call.
    EXPECT_TRUE(server.error().code == Code::kDeadline || server.error().code == Code::kUnavailable)
        << server.error().Text();
  });
  EXPECT_LT(took, 5);
  close(listener);
}

/// A certificate of 127.0.0.1, signed by itself, made anew.
class TritonTls : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = folder_.path().native();
    const std::string make =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=reelbatch-test "
        "-addext subjectAltName=DNS:reels.test,IP:127.0.0.1 -keyout " +
        folder + "/key.pem -out " + folder + "/cert.pem 2> " + folder + "/log";
    ASSERT_EQ(std::system(make.c_str()), 0) << base::testing::Slurp(folder + "/log");
    const std::string key = base::testing::Slurp(folder + "/key.pem");
    const std::string certificate = base::testing::Slurp(folder + "/cert.pem");
    grpc::SslServerCredentialsOptions plain;
    plain.pem_key_cert_pairs.push_back({key, certificate});
    open_ = std::make_unique<TestServer>(service_, grpc::SslServerCredentials(plain));
    grpc::SslServerCredentialsOptions strict(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    strict.pem_key_cert_pairs.push_back({key, certificate});
    strict.pem_root_certs = certificate;
    strict_ = std::make_unique<TestServer>(service_, grpc::SslServerCredentials(strict));
  }
  std::filesystem::path Cert() const { return folder_.path() / "cert.pem"; }
  std::filesystem::path Key() const { return folder_.path() / "key.pem"; }
  static std::string ErrorOf(TritonOptions options) {
    options.connect_timeout = 3s;
    const auto server = TritonServer::Connect(std::move(options));
    if (server) return "connected";
    EXPECT_EQ(server.error().code, Code::kUnavailable) << server.error().Text();
    return server.error().Text();
  }

  base::testing::TempFolder folder_;
  TestService service_;
  std::unique_ptr<TestServer> open_;
  std::unique_ptr<TestServer> strict_;
};

TEST_F(TritonTls, ServerThatTheCaVouchesFor) {
  EXPECT_EQ(ErrorOf({.url = "grpcs://" + open_->url(), .tls_ca = Cert()}), "connected");
  EXPECT_EQ(
      ErrorOf(
          {.url = open_->url(), .tls = true, .tls_ca = Cert(), .tls_server_name = "reels.test"}),
      "connected");
}

TEST_F(TritonTls, Mismatches) {
  EXPECT_NE(ErrorOf({.url = "grpcs://" + open_->url()}).find("tls_ca has signed its certificate"),
            std::string::npos);
  EXPECT_NE(ErrorOf({.url = open_->url()}).find("does not use TLS"), std::string::npos);
  EXPECT_NE(
      ErrorOf(
          {.url = open_->url(), .tls = true, .tls_ca = Cert(), .tls_server_name = "other.test"}),
      "connected");
}

TEST_F(TritonTls, ServerThatWantsToKnowUs) {
  EXPECT_EQ(ErrorOf({.url = strict_->url(),
                     .tls = true,
                     .tls_ca = Cert(),
                     .tls_cert = Cert(),
                     .tls_key = Key()}),
            "connected");
  EXPECT_NE(ErrorOf({.url = strict_->url(), .tls = true, .tls_ca = Cert()}), "connected");
}

}  // namespace
}  // namespace reelbatch::inference
