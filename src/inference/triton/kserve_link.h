#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "inference/triton/triton_failure.h"
#include "inference/triton/triton_server.h"
#include "kserve_v2.grpc.pb.h"

namespace reelbatch::inference {

/// The protocol's generated names. Includers: .cc files of triton/ only.
namespace kserve = ::inference;

/// The connections to one endpoint, and one call over them. Threads: any, side by side.
class KserveLink {
 public:
  using Stub = kserve::GRPCInferenceService::Stub;
  template <class Request, class Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

  /// Connects nothing yet: the first call does.
  /// Errors: invalid_argument, io (context names the option).
  static base::Result<std::unique_ptr<KserveLink>> Make(const TritonOptions& options);

  /// One call over the next connection, given up after `timeout`. `response` is to be used only
  /// where the status is ok.
  template <class Request, class Response>
  RpcStatus Call(Method<Request, Response> method, const Request& request, Response& response,
                 base::Nanoseconds timeout) const {
    grpc::ClientContext context;
    Prepare(context, timeout);
    const grpc::Status status = (NextStub().*method)(&context, request, &response);
    return {.code = static_cast<RpcCode>(status.error_code()), .text = status.error_message()};
  }
  /// The same for calls that run no model.
  template <class Request, class Response>
  RpcStatus Ask(Method<Request, Response> method, const Request& request,
                Response& response) const {
    return Call(method, request, response, ask_timeout_);
  }

 private:
  KserveLink() = default;
  void Prepare(grpc::ClientContext& context, base::Nanoseconds timeout) const;
  Stub& NextStub() const {
    return *stubs_[next_.fetch_add(1, std::memory_order_relaxed) % stubs_.size()];
  }

  std::vector<std::unique_ptr<Stub>> stubs_;  // a connection each
  std::vector<std::pair<std::string, std::string>> headers_;
  base::Nanoseconds ask_timeout_{0};
  mutable std::atomic<size_t> next_{0};
};

/// An error of a call that ran no model. `what` is what was asked of whom: "127.0.0.1:8001, model
/// m".
base::Error ErrorOfAsk(const RpcStatus& status, std::string what);

}  // namespace reelbatch::inference
