#include "inference/triton/triton_server.h"

#include <algorithm>
#include <utility>

#include "inference/triton/kserve_link.h"

namespace reelbatch::inference {
namespace {

using Stub = KserveLink::Stub;

/// What may be behind a connection that does not come about.
base::Error WithRemedy(base::Error error, const TritonOptions& options) {
  if (error.code != base::Code::kUnavailable) return error;
  const bool tls = options.tls || options.url.starts_with("grpcs://");
  error.message += tls ? " (check that the server runs, that it uses TLS, and that tls_ca has "
                         "signed its certificate)"
                       : " (check that the server runs, that this is its gRPC port, and that it "
                         "does not use TLS)";
  return error;
}

}  // namespace

bool TritonIsBuiltIn() { return true; }

TritonServer::TritonServer(TritonOptions options, std::unique_ptr<KserveLink> link)
    : options_(std::move(options)), link_(std::move(link)) {}
TritonServer::~TritonServer() = default;

base::Result<std::shared_ptr<TritonServer>> TritonServer::Connect(TritonOptions options) {
  auto link = KserveLink::Make(options);
  if (!link) return std::unexpected(std::move(link.error()));
  std::shared_ptr<TritonServer> server(new TritonServer(std::move(options), std::move(*link)));
  const auto live = server->Live();
  if (!live) return std::unexpected(WithRemedy(live.error(), server->options_));
  if (!*live)
    return base::Fail(base::Code::kUnavailable, "the server reports that it is not live",
                      server->options_.url);
  kserve::ServerMetadataResponse metadata;
  const RpcStatus status =
      server->link_->Ask(&Stub::ServerMetadata, kserve::ServerMetadataRequest(), metadata);
  if (!status.ok())
    return std::unexpected(ErrorOfAsk(status, server->options_.url + ", ServerMetadata"));
  server->info_ = {.name = metadata.name(),
                   .version = metadata.version(),
                   .extensions = {metadata.extensions().begin(), metadata.extensions().end()}};
  return server;
}

bool TritonServer::Has(std::string_view extension) const {
  return std::ranges::find(info_.extensions, extension) != info_.extensions.end();
}

base::Result<bool> TritonServer::Live() const {
  kserve::ServerLiveResponse response;
  const RpcStatus status = link_->Ask(&Stub::ServerLive, kserve::ServerLiveRequest(), response);
  if (!status.ok()) return std::unexpected(ErrorOfAsk(status, options_.url));
  return response.live();
}

base::Result<bool> TritonServer::Ready() const {
  kserve::ServerReadyResponse response;
  const RpcStatus status = link_->Ask(&Stub::ServerReady, kserve::ServerReadyRequest(), response);
  if (!status.ok()) return std::unexpected(ErrorOfAsk(status, options_.url));
  return response.ready();
}

}  // namespace reelbatch::inference
