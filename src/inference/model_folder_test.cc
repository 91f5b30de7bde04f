#include "inference/model_folder.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/hash.h"
#include "base/test_folder.h"

namespace reelbatch::inference {
namespace {

constexpr const char* kGood =
    R"({"schema": "reelbatch_model_v1", "name": "m", "title": "M", "version": "1.2", "licence": "MIT", "source": "here",
  "weights_digest": "sha256:ab", "precision": "f32", "inputs": [{"name": "x", "type": "u8", "shape": [-1, 3]}],
  "outputs": [{"name": "y", "type": "f32", "shape": [-1]}], "files": {"model.xml": "DIGEST"}})";

std::string With(std::string text, const std::string& what, const std::string& instead) {
  const size_t place = text.find(what);
  EXPECT_NE(place, std::string::npos) << what;
  return text.replace(place, what.size(), instead);
}

class ModelFolderTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
  }
  std::string ErrorOf(const std::string& json) const {
    Write("model.json", json);
    const auto read = ReadModelFolder(folder_.path());
    return read ? "" : read.error().Text();
  }
  base::testing::TempFolder folder_;
};

TEST_F(ModelFolderTest, SaysWhatTheModelIs) {
  Write("model.xml", "<net/>");
  Write("model.json", With(kGood, "DIGEST", "sha256:" + base::Sha256Hex("<net/>")));
  const auto read = ReadModelFolder(folder_.path());
  ASSERT_TRUE(read) << read.error().Text();
  EXPECT_EQ(read->description.used.model_name, "m");
  EXPECT_EQ(read->description.used.weights_digest, "sha256:ab");
  ASSERT_EQ(read->description.inputs.size(), 1U);
  EXPECT_EQ(read->description.inputs[0].type, contracts::ElementType::kUint8);
  EXPECT_EQ(read->description.inputs[0].shape, (std::vector<int64_t>{-1, 3}));
  EXPECT_TRUE(CheckFiles(*read));
}

TEST_F(ModelFolderTest, AChangedOrMissingFileIsNamed) {
  Write("model.xml", "<other/>");
  Write("model.json", With(kGood, "DIGEST", "sha256:" + base::Sha256Hex("<net/>")));
  const auto read = ReadModelFolder(folder_.path());
  ASSERT_TRUE(read);
  auto checked = CheckFiles(*read);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, base::Code::kCorrupt);
  EXPECT_NE(checked.error().Text().find("model.xml"), std::string::npos);
  std::filesystem::remove(folder_.path() / "model.xml");
  checked = CheckFiles(*read);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, base::Code::kIo);
}

TEST_F(ModelFolderTest, WeightsCountAlsoWhereModelJsonDoesNotNameThem) {
  Write("model.xml", "<net/>");
  Write("model.json", With(kGood, "DIGEST", "sha256:" + base::Sha256Hex("<net/>")));
  const auto read = ReadModelFolder(folder_.path());
  ASSERT_TRUE(read);
  const std::string without = CheckFiles(*read).value();
  Write("model.bin", "weights");
  const std::string with = CheckFiles(*read).value();
  Write("model.bin", "others!");
  EXPECT_NE(with, without);
  EXPECT_NE(CheckFiles(*read).value(), with);
}

TEST_F(ModelFolderTest, ErrorsNameTheFieldAndTheRemedy) {
  const auto missing = ReadModelFolder(folder_.path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::Code::kIo);
  EXPECT_NE(missing.error().Text().find("reelbatch models fetch"), std::string::npos);
  for (const auto& [field, json] : std::vector<std::pair<std::string, std::string>>{
           {"model.json", "{"},
           {"model.json", "[]"},
           {"schema", With(kGood, "model_v1", "model_v9")},
           {"version", With(kGood, R"("1.2")", "1.2")},
           {"weights_digest", With(kGood, R"("weights_digest": "sha256:ab",)", "")},
           {"inputs", With(kGood, R"("u8")", R"("bf16")")},
           {"inputs", With(kGood, "[-1, 3]", "[-1, 0]")},
           {"inputs", With(kGood, "[-1, 3]", "[-1, 3.5]")},
           {"outputs", With(kGood, R"([{"name": "y", "type": "f32", "shape": [-1]}])", "[]")},
           {"files", With(kGood, "model.xml", "other.xml")},
           {"files", With(kGood, R"("DIGEST")", R"("DIGEST", "../evil": "x")")}}) {
    const std::string error = ErrorOf(json);
    EXPECT_NE(error.find(field), std::string::npos) << error;
    EXPECT_NE(error.find("reelbatch models fetch"), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace reelbatch::inference
