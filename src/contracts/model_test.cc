#include "contracts/model.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace reelbatch::contracts {
namespace {

ModelUsed Silero() {
  return {.model_name = "silero-vad",
          .model_version = "6.2.3",
          .weights_digest = "sha256:ab",
          .runtime = "inprocess",
          .engine = "openvino 2026.4.1",
          .precision = "f32",
          .device = "cpu"};
}

TEST(ModelSignature, IsTheDigestOfTheCanonicalList) {
  EXPECT_EQ(ModelSignature({}), "N/A");
  EXPECT_EQ(
      ModelSignature({Silero()}),
      base::Sha256Hex(
          R"([{"device":"cpu","engine":"openvino 2026.4.1","model_name":"silero-vad","model_version":"6.2.3",)"
          R"("precision":"f32","runtime":"inprocess","weights_digest":"sha256:ab"}])"));
}

TEST(ModelSignature, DoesNotDependOnTheOrderOfTheList) {
  ModelUsed other = Silero();
  other.model_name = "\"a\\b\"\n";
  EXPECT_EQ(ModelSignature({Silero(), other}), ModelSignature({other, Silero()}));
}

TEST(ModelSignature, EveryFieldChangesIt) {
  const std::string as_is = ModelSignature({Silero()});
  for (std::string ModelUsed::* field :
       {&ModelUsed::model_name, &ModelUsed::model_version, &ModelUsed::weights_digest,
        &ModelUsed::runtime, &ModelUsed::engine, &ModelUsed::precision, &ModelUsed::device}) {
    ModelUsed other = Silero();
    other.*field += "x";
    EXPECT_NE(ModelSignature({other}), as_is);
  }
}

}  // namespace
}  // namespace reelbatch::contracts
