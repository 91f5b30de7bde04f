// Built only where configuring did not find gRPC, or with -DREELBATCH_GRPC=OFF.
#include <gtest/gtest.h>

#include "inference/triton/triton_model.h"
#include "inference/triton/triton_server.h"

namespace reelbatch::inference {
namespace {

TEST(WithoutGrpc, OpeningSaysSoAndWhatToDo) {
  EXPECT_FALSE(TritonIsBuiltIn());
  const auto server = TritonServer::Connect({.url = "127.0.0.1:8001"});
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, base::Code::kUnavailable);
  EXPECT_NE(server.error().Text().find(
                "127.0.0.1:8001: reelbatch was built without gRPC: install libgrpc++-dev"),
            std::string::npos);
  const auto model = OpenTritonModel(nullptr, "transnetv2", "", std::nullopt);
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().code, base::Code::kUnavailable);
}

}  // namespace
}  // namespace reelbatch::inference
