#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contracts/tensor.h"
#include "inference/triton/triton_model.h"
#include "inference/triton/triton_server.h"

/// The server that tests/triton/run_real.py started for this program.
namespace reelbatch::tests {

inline std::string FromEnvironment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

inline inference::TritonOptions Options() {
  return {.url = FromEnvironment("REELBATCH_SERVER_URL")};
}

/// "term", "kill", "wait" or "start"; returns when it is done.
inline void Control(const std::string& command) {
  const std::string path = FromEnvironment("REELBATCH_SERVER_CONTROL");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int file = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << path;
  const std::string line = command + "\n";
  ASSERT_EQ(write(file, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  std::string answer;
  char letter = 0;
  while (read(file, &letter, 1) == 1) answer += letter;
  close(file);
  ASSERT_EQ(answer, "ok\n");
}

/// Skips by name where nobody started a server.
class RealServer : public testing::Test {
 protected:
  void SetUp() override {
    if (FromEnvironment("REELBATCH_SERVER_URL").empty())
      GTEST_SKIP() << "left out: run by tests/triton/run_real.py only";
    server_ = Connect(Options());
  }

  static std::shared_ptr<inference::TritonServer> Connect(const inference::TritonOptions& options) {
    auto server = inference::TritonServer::Connect(options);
    EXPECT_TRUE(server.has_value()) << server.error().Text();
    return server ? *server : nullptr;
  }

  std::unique_ptr<inference::TritonModel> Open(
      const std::string& name,
      const std::optional<contracts::ModelDescription>& expected = std::nullopt,
      std::shared_ptr<inference::TritonServer> server = nullptr) {
    auto model =
        inference::OpenTritonModel(server ? std::move(server) : server_, name, "", expected);
    EXPECT_TRUE(model.has_value()) << model.error().Text();
    return model ? std::move(*model) : nullptr;
  }

  std::shared_ptr<inference::TritonServer> server_;
};

/// `units` rows of `width` floats: `first`, then 1, 2, 3 ...
inline contracts::Tensor Rows(const std::string& name, int64_t units, int64_t width,
                              float first = 0) {
  std::vector<float> values(static_cast<size_t>(units * width));
  for (size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(k % 8191);
  values[0] = first;
  contracts::Tensor tensor{
      .name = name, .type = contracts::ElementType::kFloat32, .shape = {units, width}, .bytes = {}};
  tensor.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return tensor;
}

inline std::vector<float> Floats(const contracts::Tensor& tensor) {
  std::vector<float> values(tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace reelbatch::tests
