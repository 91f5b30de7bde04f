#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace reelbatch::inference {

class KserveLink;

/// Whether tensors go to the server through POSIX shared memory, which both must see (one machine,
/// one /dev/shm).
enum class SharedMemory : uint8_t {
  kAuto,  // where the server takes it; inside the messages where it does not
  kOff,
  kOn,  // opening a model fails where the server does not take it
};

struct TritonOptions {
  /// "host:port", "[::1]:8001", "unix:/run/triton.sock"; "grpc://" may stand in front, "grpcs://"
  /// turns TLS on.
  std::string url = {};
  int channels = 2;  // connections side by side, 1 to 64
  base::Nanoseconds connect_timeout =
      std::chrono::seconds(5);  // also of every call that runs no model
  base::Nanoseconds request_timeout =
      std::chrono::seconds(60);  // of one batch, from its queue in the server to its outputs
  bool tls = false;
  std::filesystem::path tls_ca = {};  // PEM; none: the system's roots
  std::filesystem::path tls_cert =
      {};  // PEM, with tls_key, where the server wants to know who we are
  std::filesystem::path tls_key = {};
  std::string tls_server_name =
      {};  // in the server's certificate, where it is not the host of the url
  std::vector<std::pair<std::string, std::string>> headers =
      {};  // gRPC metadata of every call: {"authorization", "Bearer .."}
  SharedMemory shared_memory = SharedMemory::kAuto;
};

/// What a server says of itself.
struct TritonServerInfo {
  std::string name = {};     // "triton", "mlserver"
  std::string version = {};  // "2.51.0"
  std::vector<std::string> extensions = {};
};

/// Whether this build can talk to a server: it was made where gRPC was found.
bool TritonIsBuiltIn();

/// Drops what gRPC writes to stderr about its connections, for the whole process and for good: the
/// same is in the status of our calls. For programs; a library leaves that to its host.
void DropGrpcLog();

/// One endpoint that speaks KServe v2 over gRPC: Triton, or another server with the core of the
/// protocol. Holds the connections; they come back by themselves after the server does.   Threads:
/// any, side by side.
class TritonServer {
 public:
  /// Checks the options, connects and asks for the server's name.
  /// Errors: invalid_argument  an option is not usable (context names it)
  ///         io                a TLS file cannot be read
  ///         unavailable       no server answers, TLS fails, the server is not live, or
  ///         reelbatch was built without gRPC deadline          no answer within connect_timeout
  ///         contract          what listens does not speak KServe v2, or refuses our credentials
  static base::Result<std::shared_ptr<TritonServer>> Connect(TritonOptions options);
  ~TritonServer();
  TritonServer(const TritonServer&) = delete;
  TritonServer& operator=(const TritonServer&) = delete;

  const TritonOptions& options() const { return options_; }
  const TritonServerInfo& info() const { return info_; }
  /// Whether the server says that it has an extension: "model_configuration", "statistics",
  /// "system_shared_memory".
  bool Has(std::string_view extension) const;
  /// Errors of both: unavailable, deadline, contract.
  base::Result<bool> Live() const;
  base::Result<bool> Ready() const;

  /// For triton/ only.
  KserveLink& link() const { return *link_; }

 private:
  TritonServer(TritonOptions options, std::unique_ptr<KserveLink> link);

  TritonOptions options_;
  TritonServerInfo info_ = {};
  std::unique_ptr<KserveLink> link_;
};

}  // namespace reelbatch::inference
