// Built instead of all that needs gRPC, where configuring did not find it.
#include <utility>

#include "inference/triton/triton_model.h"
#include "inference/triton/triton_server.h"

namespace reelbatch::inference {
namespace {

base::Error NotBuiltIn(std::string context) {
  return {.code = base::Code::kUnavailable,
          .message =
              "reelbatch was built without gRPC: install libgrpc++-dev, libprotobuf-dev, "
              "protobuf-compiler and "
              "protobuf-compiler-grpc (tools/debian-packages.txt), then build again",
          .context = std::move(context)};
}

}  // namespace

class KserveLink {};

bool TritonIsBuiltIn() { return false; }
void DropGrpcLog() {}
TritonServer::TritonServer(TritonOptions options, std::unique_ptr<KserveLink> link)
    : options_(std::move(options)), link_(std::move(link)) {}
TritonServer::~TritonServer() = default;
base::Result<std::shared_ptr<TritonServer>> TritonServer::Connect(TritonOptions options) {
  return std::unexpected(NotBuiltIn(std::move(options.url)));
}
bool TritonServer::Has(std::string_view) const { return false; }
base::Result<bool> TritonServer::Live() const { return std::unexpected(NotBuiltIn(options_.url)); }
base::Result<bool> TritonServer::Ready() const { return std::unexpected(NotBuiltIn(options_.url)); }

base::Result<std::unique_ptr<TritonModel>> OpenTritonModel(
    std::shared_ptr<TritonServer>, const std::string& name, const std::string&,
    const std::optional<contracts::ModelDescription>&) {
  return std::unexpected(NotBuiltIn("model " + name));
}

}  // namespace reelbatch::inference
