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

/// The generated names of the protocol. Only .cc files of triton/ include this header.
namespace kserve = ::inference;

/// The connections to one server, and calls over them. Threads: any, side by side.
class KserveLink {
 public:
  using Stub = kserve::GRPCInferenceService::Stub;
  template <class Request, class Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

  /// Prepares the connections. The first call connects.
  /// Errors: invalid_argument, io  the context names the option
  static base::Result<std::unique_ptr<KserveLink>> Make(const TritonOptions& options);

  /// Makes one call over the next connection, and abandons it after `timeout`. Use `response` only
  /// if the status is ok.
  template <class Request, class Response>
  RpcStatus Call(Method<Request, Response> method, const Request& request, Response& response,
                 base::Nanoseconds timeout) const {
    grpc::ClientContext context;
    Prepare(context, timeout);
    const grpc::Status status = (NextStub().*method)(&context, request, &response);
    return {.code = static_cast<RpcCode>(status.error_code()), .text = status.error_message()};
  }
  /// Does the same for calls that run no model, with the timeout of such calls.
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

  std::vector<std::unique_ptr<Stub>> stubs_;  // one for each connection
  std::vector<std::pair<std::string, std::string>> headers_;
  base::Nanoseconds ask_timeout_{0};
  mutable std::atomic<size_t> next_{0};
};

/// The error of a call that ran no model. `what` names the server and the subject of the call, for
/// example "127.0.0.1:8001, model m".
base::Error ErrorOfAsk(const RpcStatus& status, std::string what);

}  // namespace reelbatch::inference
