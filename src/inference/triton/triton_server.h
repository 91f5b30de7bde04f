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

/// Whether tensors travel to the server through POSIX shared memory. Both sides must see the same
/// /dev/shm, on one machine.
enum class SharedMemory : uint8_t {
  kAuto,  // use it if the server accepts it; otherwise tensors travel in the messages
  kOff,
  kOn,  // opening a model fails if the server does not accept it
};

struct TritonOptions {
  /// "host:port", "[::1]:8001" or "unix:/run/triton.sock". It may begin with "grpc://", or with
  /// "grpcs://", which turns TLS on.
  std::string url = {};
  int channels = 2;  // the number of connections, 1 to 64
  /// The timeout of connecting, and of every call that runs no model.
  base::Nanoseconds connect_timeout = std::chrono::seconds(5);
  /// The timeout of one batch, including its time in the queue of the server.
  base::Nanoseconds request_timeout = std::chrono::seconds(60);
  bool tls = false;
  /// A PEM file with the certificates to trust; empty: those of the system.
  std::filesystem::path tls_ca = {};
  /// PEM files with our certificate and its key, for servers that check their clients.
  std::filesystem::path tls_cert = {};
  std::filesystem::path tls_key = {};
  /// The name in the server's certificate, if it is not the host of the url.
  std::string tls_server_name = {};
  /// gRPC metadata of every call, for example {"authorization", "Bearer .."}.
  std::vector<std::pair<std::string, std::string>> headers = {};
  SharedMemory shared_memory = SharedMemory::kAuto;
};

/// What a server states about itself.
struct TritonServerInfo {
  std::string name = {};     // "triton", "mlserver"
  std::string version = {};  // "2.51.0"
  std::vector<std::string> extensions = {};
};

/// Whether this program can talk to a server: gRPC was found when it was built.
bool TritonIsBuiltIn();

/// Drops the messages that gRPC writes to stderr about its connections. The status of our calls has
/// the same text. This changes the whole process and cannot be undone, so only programs call it; a
/// library leaves the choice to its host program.
void DropGrpcLog();

/// One server that speaks KServe v2 over gRPC: Triton, or another server that has the core of the
/// protocol. It holds the connections, which connect again by themselves after the server was
/// restarted. Threads: any, side by side.
class TritonServer {
 public:
  /// Checks the options, connects, and asks the server for its name.
  /// Errors: invalid_argument  an option cannot be used (the context names it)
  ///         io                a TLS file cannot be read
  ///         unavailable       no server answers, TLS fails, the server is not live, or reelbatch
  ///                           was built without gRPC
  ///         deadline          there was no answer within connect_timeout
  ///         contract          the server does not speak KServe v2, or refuses our credentials
  static base::Result<std::shared_ptr<TritonServer>> Connect(TritonOptions options);
  ~TritonServer();
  TritonServer(const TritonServer&) = delete;
  TritonServer& operator=(const TritonServer&) = delete;

  const TritonOptions& options() const { return options_; }
  const TritonServerInfo& info() const { return info_; }
  /// Whether the server states that it has an extension, such as "model_configuration",
  /// "statistics" or "system_shared_memory".
  bool Has(std::string_view extension) const;
  /// Whether the server runs, and whether it can take batches. Errors of both: unavailable,
  /// deadline, contract.
  base::Result<bool> Live() const;
  base::Result<bool> Ready() const;

  /// The connections. Only code in triton/ uses them.
  KserveLink& link() const { return *link_; }

 private:
  TritonServer(TritonOptions options, std::unique_ptr<KserveLink> link);

  TritonOptions options_;
  TritonServerInfo info_ = {};
  std::unique_ptr<KserveLink> link_;
};

}  // namespace reelbatch::inference
