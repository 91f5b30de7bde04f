#pragma once

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "kserve_v2.grpc.pb.h"

/// A server of the protocol in the test's own process, for what a real one cannot be made to do.
/// One model, "m": IN FP32 [-1,4] -> OUT FP32 [-1,4], which gives back what it gets.
namespace reelbatch::inference::testing {

namespace kserve = ::inference;

class TestService final : public kserve::GRPCInferenceService::Service {
 public:
  using Status = grpc::Status;
  using Context = grpc::ServerContext;

  // What the test may change before the server starts, or while no call is in flight.
  bool live = true;
  bool optional_calls = true;  // ModelConfig, ModelStatistics, the repository, shared memory
  std::set<std::string> extensions = {"model_configuration", "statistics", "system_shared_memory"};
  kserve::ModelMetadataResponse metadata;
  kserve::ModelConfig config;
  /// Instead of, or after, the answer: sees the request and the answer so far, which holds the
  /// right outputs.
  std::function<Status(const kserve::ModelInferRequest&, kserve::ModelInferResponse&)> answer;
  std::function<Status(const kserve::SystemSharedMemoryRegisterRequest&)> register_region;
  Status unload = Status::OK;
  std::atomic<bool> skip_output{false};  // shared memory is left as it is

  // What it has seen.
  std::atomic<int> infers{0};
  std::atomic<int> registers{0};
  std::atomic<int> unregisters{0};
  std::atomic<int> loads{0};
  std::atomic<int64_t> done{0};  // what ModelStatistics says
  std::set<std::string> Peers() { return Copy(peers_); }
  std::multimap<std::string, std::string> Headers() { return Copy(headers_); }
  std::map<std::string, std::string> Regions() { return Copy(regions_); }  // name -> key

  TestService() {
    metadata.set_name("m");
    metadata.add_versions("3");
    metadata.set_platform("test");
    AddTensor(*metadata.add_inputs(), "IN", "FP32", {-1, 4});
    AddTensor(*metadata.add_outputs(), "OUT", "FP32", {-1, 4});
    config.set_max_batch_size(16);
  }

  template <class Tensor>
  static void AddTensor(Tensor& tensor, const std::string& name, const std::string& datatype,
                        const std::vector<int64_t>& shape) {
    tensor.set_name(name);
    tensor.set_datatype(datatype);
    tensor.clear_shape();
    for (const int64_t size : shape) tensor.add_shape(size);
  }

  Status ServerLive(Context* context, const kserve::ServerLiveRequest*,
                    kserve::ServerLiveResponse* response) override {
    const base::MutexLock lock(mutex_);
    for (const auto& [name, value] : context->client_metadata())
      headers_.emplace(std::string(name.data(), name.size()),
                       std::string(value.data(), value.size()));
    response->set_live(live);
    return Status::OK;
  }
  Status ServerReady(Context*, const kserve::ServerReadyRequest*,
                     kserve::ServerReadyResponse* response) override {
    response->set_ready(true);
    return Status::OK;
  }
  Status ServerMetadata(Context*, const kserve::ServerMetadataRequest*,
                        kserve::ServerMetadataResponse* response) override {
    response->set_name("test server");
    response->set_version("0.1");
    for (const auto& extension : extensions) response->add_extensions(extension);
    return Status::OK;
  }
  Status ModelReady(Context*, const kserve::ModelReadyRequest*,
                    kserve::ModelReadyResponse* response) override {
    response->set_ready(true);
    return Status::OK;
  }
  Status ModelMetadata(Context*, const kserve::ModelMetadataRequest*,
                       kserve::ModelMetadataResponse* response) override {
    *response = metadata;
    return Status::OK;
  }
  Status ModelConfig(Context*, const kserve::ModelConfigRequest*,
                     kserve::ModelConfigResponse* response) override {
    if (!optional_calls) return Unimplemented();
    *response->mutable_config() = config;
    return Status::OK;
  }
  Status ModelStatistics(Context*, const kserve::ModelStatisticsRequest*,
                         kserve::ModelStatisticsResponse* response) override {
    if (!optional_calls) return Unimplemented();
    auto& stats = *response->add_model_stats();
    stats.mutable_inference_stats()->mutable_success()->set_count(
        static_cast<uint64_t>(done.load()));
    stats.add_memory_usage()->set_byte_size(1000);
    stats.add_memory_usage()->set_byte_size(24);
    return Status::OK;
  }
  Status RepositoryModelUnload(Context*, const kserve::RepositoryModelUnloadRequest*,
                               kserve::RepositoryModelUnloadResponse*) override {
    return optional_calls ? unload : Unimplemented();
  }
  Status RepositoryModelLoad(Context*, const kserve::RepositoryModelLoadRequest*,
                             kserve::RepositoryModelLoadResponse*) override {
    if (!optional_calls) return Unimplemented();
    ++loads;
    return Status::OK;
  }
  Status SystemSharedMemoryRegister(Context*,
                                    const kserve::SystemSharedMemoryRegisterRequest* request,
                                    kserve::SystemSharedMemoryRegisterResponse*) override {
    if (!optional_calls) return Unimplemented();
    ++registers;
    if (register_region) {
      if (const Status status = register_region(*request); !status.ok()) return status;
    }
    const int file = shm_open(request->key().c_str(), O_RDWR, 0);
    if (file < 0)
      return {grpc::StatusCode::INTERNAL,
              "Unable to open shared memory region: '" + request->key() + "'"};
    void* const mapped =
        mmap(nullptr, request->byte_size(), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    const base::MutexLock lock(mutex_);
    regions_[request->name()] = request->key();
    mapped_[request->name()] = static_cast<char*>(mapped);
    return Status::OK;
  }
  Status SystemSharedMemoryUnregister(Context*,
                                      const kserve::SystemSharedMemoryUnregisterRequest* request,
                                      kserve::SystemSharedMemoryUnregisterResponse*) override {
    if (!optional_calls) return Unimplemented();
    ++unregisters;
    const base::MutexLock lock(mutex_);
    regions_.erase(request->name());
    mapped_.erase(request->name());
    return Status::OK;
  }
  Status ModelInfer(Context* context, const kserve::ModelInferRequest* request,
                    kserve::ModelInferResponse* response) override {
    ++infers;
    char* region = nullptr;
    {
      const base::MutexLock lock(mutex_);
      peers_.insert(context->peer());
      const auto& input = request->inputs(0);
      if (const auto name = input.parameters().find("shared_memory_region");
          name != input.parameters().end()) {
        const auto found = mapped_.find(name->second.string_param());
        if (found == mapped_.end())
          return {grpc::StatusCode::NOT_FOUND,
                  "Unable to find shared memory region: '" + name->second.string_param() + "'"};
        region = found->second;
      }
    }
    Identity(*request, *response, region, skip_output);
    const Status status = answer ? answer(*request, *response) : Status::OK;
    ++done;
    return status;
  }
  /// As a server that was started anew: it knows no region.
  void ForgetRegions() {
    const base::MutexLock lock(mutex_);
    regions_.clear();
    mapped_.clear();
  }

 private:
  static Status Unimplemented() { return {grpc::StatusCode::UNIMPLEMENTED, "Method not found!"}; }

  template <class T>
  T Copy(const T& of) {
    const base::MutexLock lock(mutex_);
    return of;
  }

  static int64_t Number(
      const google::protobuf::Map<std::string, kserve::InferParameter>& parameters,
      const std::string& name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? 0 : found->second.int64_param();
  }

  static void Identity(const kserve::ModelInferRequest& request,
                       kserve::ModelInferResponse& response, char* region, bool skip_output) {
    response.set_model_name(request.model_name());
    response.set_model_version(request.model_version());
    const auto& input = request.inputs(0);
    AddTensor(*response.add_outputs(), "OUT", input.datatype(),
              {input.shape().begin(), input.shape().end()});
    const auto& in = input.parameters();
    const std::string bytes =
        region == nullptr ? request.raw_input_contents(0)
                          : std::string(region + Number(in, "shared_memory_offset"),
                                        static_cast<size_t>(Number(in, "shared_memory_byte_size")));
    const auto& out = request.outputs(0).parameters();
    if (out.contains("shared_memory_region") && region != nullptr) {
      if (!skip_output)
        std::memcpy(region + Number(out, "shared_memory_offset"), bytes.data(), bytes.size());
    } else {
      response.add_raw_output_contents(bytes);
    }
  }

  base::Mutex mutex_;
  std::set<std::string> peers_;
  std::multimap<std::string, std::string> headers_;
  std::map<std::string, std::string> regions_;
  std::map<std::string, char*> mapped_;
};

/// `service` on a free port of 127.0.0.1 while the object lives.
class TestServer {
 public:
  explicit TestServer(TestService& service,
                      const std::shared_ptr<grpc::ServerCredentials>& credentials =
                          grpc::InsecureServerCredentials()) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(&service);
    server_ = builder.BuildAndStart();
    EXPECT_TRUE(server_ != nullptr);
  }
  ~TestServer() { Stop(); }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  std::string url() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Ends calls in flight as well.
  void Stop() {
    if (server_) server_->Shutdown(std::chrono::system_clock::time_point());
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace reelbatch::inference::testing
