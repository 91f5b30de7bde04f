// With stand-ins for the library (tests/fixtures/openvino), so that no engine need be there.
#include "inference/openvino/openvino_library.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>

#include "base/hash.h"
#include "base/test_folder.h"
#include "inference/openvino/openvino_model.h"

namespace reelbatch::inference {
namespace {

namespace fs = std::filesystem;
using contracts::FailureClass;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string ErrorOf(const std::string& file) {
  const auto loaded = LoadOpenVinoFile(file);
  if (loaded) return "";
  EXPECT_EQ(loaded.error().code, base::Code::kUnavailable);
  return loaded.error().Text();
}

class FetchedEngine : public ::testing::Test {
 protected:
  /// FOLDER/.venv with a library in it.
  fs::path Folder(const std::string& name, const std::string& library,
                  const std::string& file = "libopenvino_c.so.2698") {
    const fs::path folder = temporary_.path() / name;
    const fs::path libs = folder / ".venv/lib/python3.11/site-packages/openvino/libs";
    fs::create_directories(libs);
    if (library.empty()) {
      std::ofstream(libs / file) << "no library\n";
    } else {
      fs::copy_file(library, libs / file);
    }
    return folder;
  }
  static std::string ErrorOf(const std::vector<fs::path>& folders) {
    const auto loaded = LoadOpenVino(folders);
    return loaded ? "" : loaded.error().Text();
  }

  base::testing::TempFolder temporary_;
};

TEST_F(FetchedEngine, IsLoadedFromTheFirstFolderThatHasAGoodOne) {
  const fs::path good = Folder("good", REELBATCH_FAKE_OPENVINO);
  const fs::path old = Folder("old", REELBATCH_FAKE_OPENVINO_TOO_OLD);
  for (const std::vector<fs::path>& folders :
       {std::vector<fs::path>{good}, {temporary_.path() / "none", good}, {old, good}}) {
    const auto loaded = LoadOpenVino(folders);
    ASSERT_TRUE(loaded) << loaded.error().Text();
    EXPECT_EQ((*loaded)->version, "2026.9.8");
    EXPECT_THAT((*loaded)->file, HasSubstr("/good/.venv/"));
    EXPECT_EQ(OpenVinoEngine(folders).value(), "openvino 2026.9.8");
  }
}

TEST_F(FetchedEngine, ErrorsNameWhatWasTriedAndTheCommand) {
  if (LoadOpenVino({})) GTEST_SKIP() << "left out: this system has an OpenVINO of its own";
  const fs::path none = temporary_.path() / "none";
  const fs::path text = Folder("text", "");
  const fs::path old = Folder("old", REELBATCH_FAKE_OPENVINO_TOO_OLD);
  EXPECT_THAT(ErrorOf({none, text, old, none}),
              AllOf(HasSubstr("/none/.venv: not there; "),
                    HasSubstr("/text/.venv/lib/python3.11/site-packages/openvino/libs/"
                              "libopenvino_c.so.2698: "),
                    HasSubstr("is OpenVINO 2024.6.0; reelbatch needs 2025.1 or newer"),
                    HasSubstr("libopenvino_c.so: cannot open shared object file"),
                    HasSubstr("`reelbatch models fetch`"), HasSubstr("--executor triton")));
  EXPECT_THAT(ErrorOf({none, none}), Not(HasSubstr("not there; " + none.string())));
}

TEST(OpenVinoLibrary, AWrongLibraryIsRefusedByName) {
  EXPECT_THAT(ErrorOf(REELBATCH_FAKE_OPENVINO_TOO_OLD), HasSubstr("is OpenVINO 2024.6.0"));
  EXPECT_THAT(ErrorOf(REELBATCH_FAKE_OPENVINO_WITHOUT_INFER),
              HasSubstr("has no function ov_infer_request_infer"));
  EXPECT_THAT(ErrorOf(REELBATCH_FAKE_OPENVINO_OTHER_TYPES),
              HasSubstr("numbers element types in a way that reelbatch does not know"));
  EXPECT_THAT(ErrorOf("libm.so.6"), HasSubstr("has no function ov_get_openvino_version"));
  EXPECT_THAT(ErrorOf("/nowhere/libopenvino_c.so"),
              testing::StartsWith("/nowhere/libopenvino_c.so: cannot open"));
}

/// What the stand-in counts.
template <class Function>
Function* Told(const char* name) {
  void* const handle = dlopen(REELBATCH_FAKE_OPENVINO, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  void* const symbol = dlsym(handle, name);
  dlclose(handle);
  return reinterpret_cast<Function*>(symbol);
}

class FakeEngine : public ::testing::Test {
 protected:
  FakeEngine() {
    const std::string graph = "whatever";
    std::ofstream(temporary_.path() / "model.xml") << graph;
    folder_.path = temporary_.path();
    folder_.description.used.model_name = "copy";
    folder_.description.inputs = {{.name = "x", .shape = {-1, 3}}};
    folder_.description.outputs = {{.name = "y", .shape = {-1, 3}}};
    folder_.files = {{"model.xml", "sha256:" + base::Sha256Hex(graph)}};
  }
  ~FakeEngine() override { EXPECT_EQ(Told<int()>("fake_alive")(), alive_); }
  std::unique_ptr<Model> Open(OpenVinoOptions options = {}) const {
    return OpenOpenVino(library_, folder_, options).value();
  }
  static std::expected<std::vector<contracts::Tensor>, contracts::BatchFailure> Run(Model& model,
                                                                                    float first) {
    contracts::Tensor tensor{.name = "x", .shape = {1, 3}};
    const std::array<float, 3> values{first, 7, 8};
    tensor.bytes.assign(reinterpret_cast<const char*>(values.data()), sizeof values);
    return model.Infer(std::vector{tensor});
  }

  const std::shared_ptr<const OpenVinoLibrary> library_ =
      LoadOpenVinoFile(REELBATCH_FAKE_OPENVINO).value();
  const int alive_ = Told<int()>("fake_alive")();
  base::testing::TempFolder temporary_;
  ModelFolder folder_;
};

TEST_F(FakeEngine, ThreadsAndPrecisionAreSet) {
  const auto model = Open({.threads = 3, .lanes = 2});
  EXPECT_STREQ(Told<const char*()>("fake_properties")(),
               "CPU INFERENCE_PRECISION_HINT=f32 NUM_STREAMS=2 INFERENCE_NUM_THREADS=6 "
               "ENABLE_CPU_PINNING=NO");
  EXPECT_EQ(model->description().used.engine, "openvino 2026.9.8");
  const auto outputs = Run(*model, 0);
  ASSERT_TRUE(outputs) << outputs.error().evidence;
  float second = 0;
  std::memcpy(&second, outputs->front().bytes.data() + sizeof(float), sizeof second);
  EXPECT_EQ(second, 7);
}

TEST_F(FakeEngine, FailuresAreClassified) {
  const auto model = Open();
  constexpr std::array kExpected = {FailureClass::kHostMemory, FailureClass::kHostMemory,
                                    FailureClass::kOther, FailureClass::kHostMemory,
                                    FailureClass::kBadResponse};
  constexpr std::array kEvidence = {"std::bad_alloc", "unknown exception", "Check 'good' failed",
                                    "unwritten", "another shape"};
  for (size_t k = 0; k < kExpected.size(); ++k) {
    const auto failed = Run(*model, static_cast<float>(k + 1));
    ASSERT_FALSE(failed) << k;
    EXPECT_EQ(failed.error().failure, kExpected[k]) << k;
    EXPECT_THAT(failed.error().evidence, HasSubstr(kEvidence[k]));
    EXPECT_TRUE(Run(*model, 0)) << "the next batch is fine";
  }
}

TEST_F(FakeEngine, RestartCompilesAnew) {
  auto* const compiled = Told<int()>("fake_compiled");
  auto* const refuse = Told<void(bool)>("fake_refuse_to_compile");
  const auto model = Open();
  const int before = compiled();
  EXPECT_TRUE(Run(*model, 0));
  EXPECT_EQ(compiled(), before);
  const int alive = Told<int()>("fake_alive")();
  model->Restart();
  EXPECT_EQ(Told<int()>("fake_alive")(), alive - 2) << "the compiled model and the request";
  refuse(true);
  const auto failed = Run(*model, 0);
  refuse(false);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().failure, FailureClass::kHostMemory);
  EXPECT_TRUE(Run(*model, 0));
  EXPECT_EQ(compiled(), before + 1);
}

TEST_F(FakeEngine, AModelThatDoesNotFitIsOutOfMemory) {
  auto* const refuse = Told<void(bool)>("fake_refuse_to_compile");
  refuse(true);
  const auto opened = OpenOpenVino(library_, folder_, {});
  refuse(false);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::Code::kOutOfMemory);
}

}  // namespace
}  // namespace reelbatch::inference
