#include "inference/triton/kserve_link.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace reelbatch::inference {
namespace {

using base::Code;

constexpr int kMaxChannels = 64;
// After a server went away: look for it again this often, not up to every two minutes as gRPC
// would.
constexpr int kFirstReconnectMs = 100;
constexpr int kLastReconnectMs = 1000;

struct Endpoint {
  std::string target;  // as gRPC wants it
  bool tls = false;
  bool loopback = false;
};

base::Result<Endpoint> ParseUrl(std::string_view url) {
  constexpr std::string_view kForm =
      "must be HOST:PORT of the server's gRPC port, such as 127.0.0.1:8001 (8000 is Triton's HTTP "
      "port)";
  Endpoint endpoint;
  std::string_view rest = url;
  if (rest.starts_with("grpcs://")) {
    endpoint.tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("grpc://")) {
    rest.remove_prefix(7);
  }
  if (rest.starts_with("unix:") && rest.size() > 5) {
    return Endpoint{.target = std::string(rest), .tls = endpoint.tls, .loopback = true};
  }
  const size_t colon = rest.rfind(':');
  const std::string_view host = rest.substr(0, colon == std::string_view::npos ? 0 : colon);
  const std::string_view port = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  const bool host_ok = !host.empty() && host.find('/') == std::string_view::npos &&
                       (bracketed || host.find(':') == std::string_view::npos);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  const int number = digits ? std::stoi(std::string(port)) : 0;
  if (!host_ok || number < 1 || number > 65535) {
    return base::Fail(Code::kInvalidArgument, fmt::format("'{}': {}", url, kForm), "url");
  }
  endpoint.target = rest;
  endpoint.loopback = host == "localhost" || host.starts_with("127.") || host == "[::1]";
  return endpoint;
}

base::Result<std::string> ReadPem(const std::filesystem::path& file, const char* option) {
  if (file.empty()) return std::string();
  std::ostringstream text;
  std::ifstream in(file, std::ios::binary);
  text << in.rdbuf();
  if (!in || text.str().empty()) {
    return base::Fail(Code::kIo, "cannot be read, or is empty",
                      fmt::format("{}, {}", option, base::PathForPeople(file)));
  }
  if (text.str().find("-----BEGIN ") == std::string::npos) {
    return base::Fail(Code::kIo, "is not a PEM file",
                      fmt::format("{}, {}", option, base::PathForPeople(file)));
  }
  return text.str();
}

base::Result<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(const TritonOptions& options,
                                                                      const Endpoint& endpoint) {
  const bool tls = options.tls || endpoint.tls;
  const bool files =
      !options.tls_ca.empty() || !options.tls_cert.empty() || !options.tls_key.empty();
  if (!tls && (files || !options.tls_server_name.empty())) {
    return base::Fail(Code::kInvalidArgument,
                      "is off, but TLS options are set: turn it on, or use grpcs://", "tls");
  }
  if (!tls) return grpc::InsecureChannelCredentials();
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return base::Fail(Code::kInvalidArgument,
                      "a certificate needs its key, and a key needs its certificate: set both",
                      options.tls_cert.empty() ? "tls_cert" : "tls_key");
  }
  auto ca = ReadPem(options.tls_ca, "tls_ca");
  if (!ca) return std::unexpected(std::move(ca.error()));
  auto certificate = ReadPem(options.tls_cert, "tls_cert");
  if (!certificate) return std::unexpected(std::move(certificate.error()));
  auto key = ReadPem(options.tls_key, "tls_key");
  if (!key) return std::unexpected(std::move(key.error()));
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = std::move(*ca);
  ssl.pem_cert_chain = std::move(*certificate);
  ssl.pem_private_key = std::move(*key);
  return grpc::SslCredentials(ssl);
}

base::Status CheckHeader(const std::string& name, const std::string& value) {
  const auto name_ok = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  if (name.empty() || !std::ranges::all_of(name, name_ok) || name.starts_with("grpc-") ||
      name.ends_with("-bin")) {
    return base::Fail(Code::kInvalidArgument,
                      fmt::format("'{}' is not a valid name: use a-z, 0-9, '-', '_' and '.', "
                                  "without grpc- at the start and -bin at the end",
                                  name),
                      "headers");
  }
  if (!std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; })) {
    return base::Fail(
        Code::kInvalidArgument,
        fmt::format("the value of '{}' has characters that are not printable ASCII", name),
        "headers");
  }
  return {};
}

base::Status CheckOptions(const TritonOptions& options) {
  if (options.channels < 1 || options.channels > kMaxChannels) {
    return base::Fail(Code::kInvalidArgument,
                      fmt::format("{}: must be 1 to {}", options.channels, kMaxChannels),
                      "channels");
  }
  if (options.connect_timeout <= base::Nanoseconds(0))
    return base::Fail(Code::kInvalidArgument, "must be more than 0", "connect_timeout");
  if (options.request_timeout <= base::Nanoseconds(0))
    return base::Fail(Code::kInvalidArgument, "must be more than 0", "request_timeout");
  for (const auto& [name, value] : options.headers) {
    if (auto ok = CheckHeader(name, value); !ok) return ok;
  }
  return {};
}

/// At least 1, at most an hour, rounded up.
int MillisecondsOf(base::Nanoseconds time) {
  return static_cast<int>(
      std::clamp<int64_t>(std::chrono::ceil<std::chrono::milliseconds>(time).count(), 1, 3600000));
}

grpc::ChannelArguments ArgumentsOf(const TritonOptions& options, const Endpoint& endpoint,
                                   int channel) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  // Its name notwithstanding: how long one attempt may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, MillisecondsOf(options.connect_timeout));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLastReconnectMs);
  // Channels with equal arguments share one connection.
  arguments.SetInt("reelbatch.channel", channel);
  // A batch that was sent twice would be run twice: who sends it again is the planner.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  if (endpoint.loopback) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!options.tls_server_name.empty()) arguments.SetSslTargetNameOverride(options.tls_server_name);
  return arguments;
}

}  // namespace

void DropGrpcLog() {
  gpr_set_log_function([](gpr_log_func_args*) {});
}

base::Result<std::unique_ptr<KserveLink>> KserveLink::Make(const TritonOptions& options) {
  if (auto ok = CheckOptions(options); !ok) return std::unexpected(std::move(ok.error()));
  auto endpoint = ParseUrl(options.url);
  if (!endpoint) return std::unexpected(std::move(endpoint.error()));
  auto credentials = CredentialsOf(options, *endpoint);
  if (!credentials) return std::unexpected(std::move(credentials.error()));
  std::unique_ptr<KserveLink> link(new KserveLink);
  for (int channel = 0; channel < options.channels; ++channel) {
    link->stubs_.push_back(kserve::GRPCInferenceService::NewStub(grpc::CreateCustomChannel(
        endpoint->target, *credentials, ArgumentsOf(options, *endpoint, channel))));
  }
  link->headers_ = options.headers;
  link->ask_timeout_ = options.connect_timeout;
  return link;
}

void KserveLink::Prepare(grpc::ClientContext& context, base::Nanoseconds timeout) const {
  context.set_deadline(gpr_time_from_nanos(timeout.count(), GPR_TIMESPAN));
  for (const auto& [name, value] : headers_) context.AddMetadata(name, value);
}

base::Error ErrorOfAsk(const RpcStatus& status, std::string what) {
  const auto error = [&](Code code, std::string_view remedy) {
    return base::Error{.code = code,
                       .message = fmt::format("{}{}", RpcText(status), remedy),
                       .context = std::move(what)};
  };
  switch (status.code) {
    case RpcCode::kUnavailable:
    case RpcCode::kAborted:
      return error(Code::kUnavailable, "");
    case RpcCode::kDeadlineExceeded:
    case RpcCode::kCancelled:
      return error(Code::kDeadline,
                   " (the server is slow, or another program uses this port: see connect_timeout)");
    case RpcCode::kUnimplemented:
      return error(Code::kContract, " (the endpoint does not speak KServe v2 over gRPC)");
    case RpcCode::kUnauthenticated:
    case RpcCode::kPermissionDenied:
      return error(Code::kContract, " (the server requires other credentials or headers)");
    default:
      return error(Code::kContract, "");
  }
}

}  // namespace reelbatch::inference
