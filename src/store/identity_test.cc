#include "store/identity.h"

#include <gtest/gtest.h>

#include <set>

#include "base/hash.h"
#include "store/test_support.h"

namespace reelbatch::store {
namespace {

/// The configuration of a run of cut_detection with its defaults.
contracts::RunConfig Usual() {
  contracts::RunConfig config;
  config.components = {"cut_detection"};
  config.knobs = {{"decision", std::string("adaptive")},
                  {"flow_reuse", std::string("never")},
                  {"min_confidence", 0.5},
                  {"parts", std::vector<std::string>{"hard", "soft"}},
                  {"ssim_range", std::string("frame")}};
  return config;
}

TEST(Identity, CanonicalJsonIsSortedAndCompact) {
  EXPECT_EQ(
      CanonicalJson(Usual()),
      R"({"components":["cut_detection"],"decision":"adaptive","emergency_fast":false,"flow_reuse":"never","loop_filter":"kept","min_confidence":0.5,"parts":["hard","soft"],"preset":"auto",)"
      R"("sampling":{"analysis_fps":null,"analysis_height":null,"analysis_width":null,"end_s":null,)"
      R"("start_s":null,"stream":null},"ssim_range":"frame"})");
  EXPECT_EQ(ConfigHash(Usual()), base::Sha256Hex(CanonicalJson(Usual())));
  EXPECT_EQ(RunId(Usual(), {}), "r-" + ConfigHash(Usual()).substr(0, 12));
}

TEST(Identity, ACropIsWrittenWhereThereIsOne) {
  contracts::RunConfig config;
  config.sampling.crop = contracts::CropRect{.x = 1, .y = 2, .width = 64, .height = 32};
  EXPECT_NE(CanonicalJson(config).find(R"("crop":{"height":32,"width":64,"x":1,"y":2})"),
            std::string::npos);
}

TEST(Identity, SamplingsOfSingleComponentsAreWrittenWhereThereAreAny) {
  contracts::RunConfig config;
  config.sampling_of["flow"] = {.analysis_fps = 5, .analysis_height = 90};
  config.sampling.every = 3;
  EXPECT_NE(CanonicalJson(config).find(
                R"("sampling_of":{"flow":{"analysis_fps":5.0,"analysis_height":90}})"),
            std::string::npos)
      << CanonicalJson(config);
  EXPECT_NE(CanonicalJson(config).find(R"("every":3)"), std::string::npos);
}

TEST(Identity, AComponentSaysThatItsFramesAreItsOwn) {
  const std::vector<std::string> components = {"cuts"};
  const std::vector<std::string_view> knobs = {"preset"};
  EXPECT_EQ(ComponentConfig({}, components, knobs), R"({"components":["cuts"],"preset":"auto"})");
  EXPECT_EQ(ComponentConfig({}, components, knobs,
                            {.own_sampling = true, .other_frames = {{"flow", "every frame"}}}),
            R"({"components":["cuts"],"other_frames":{"flow":"every frame"},"own_sampling":true,)"
            R"("preset":"auto"})");
}

TEST(Identity, EveryFieldChangesTheHash) {
  std::vector<contracts::RunConfig> configs(12, Usual());
  configs[11].knobs["min_confidence"] = 0.3;
  configs[1].components.push_back("x");
  configs[2].knobs["parts"] = std::vector<std::string>{"soft"};
  configs[3].preset = contracts::Preset::kDefault;
  configs[4].knobs["decision"] = std::string("seed");
  configs[5].knobs["new"] = true;
  configs[6].sampling.analysis_fps = 2;
  configs[7].sampling.analysis_width = 320;
  configs[8].sampling.analysis_height = 320;
  configs[9].sampling.start_s = 0;
  configs[10].sampling.end_s = 0;
  configs.emplace_back(Usual()).sampling.stream = 0;
  configs.emplace_back(Usual()).sampling.every = 2;
  configs.emplace_back(Usual()).sampling_of["cut_detection"].analysis_fps = 2;
  configs.emplace_back(Usual()).sampling.crop =
      contracts::CropRect{.x = 0, .y = 2, .width = 64, .height = 32};
  configs.emplace_back(Usual()).sampling.crop =
      contracts::CropRect{.x = 2, .y = 0, .width = 64, .height = 32};
  configs.emplace_back(Usual()).knobs["flow_reuse"] = std::string("prefer");
  configs.emplace_back(Usual()).knobs["transnetv2_reuse"] = std::string("prefer");
  configs.emplace_back(Usual()).knobs["transnetv2_reuse"] = std::string("require");
  configs.emplace_back(Usual()).overload = contracts::Overload::kEmergency;
  configs.emplace_back(Usual()).overload = contracts::Overload::kDeadline;
  configs.emplace_back(Usual()).knobs["parts"] = std::vector<std::string>{"hard", "soft", "motion"};
  configs.emplace_back(Usual()).loop_filter = contracts::LoopFilter::kSkip;
  for (size_t i = 0; i < configs.size(); ++i) {
    for (size_t j = 0; j < i; ++j)
      EXPECT_NE(ConfigHash(configs[i]), ConfigHash(configs[j])) << i << " " << j;
  }
}

TEST(Identity, KnobsThatChangeNoNumberAreNoPartOfIt) {
  contracts::RunConfig config = Usual();
  config.unhashed_knobs["quiet"] = true;
  EXPECT_EQ(CanonicalJson(config), CanonicalJson(Usual()));
}

TEST(Identity, PresetFastSkipsTheLoopFilterUnlessToldOtherwise) {
  contracts::RunConfig fast;
  fast.preset = contracts::Preset::kFast;
  contracts::RunConfig skip = fast;
  skip.loop_filter = contracts::LoopFilter::kSkip;
  contracts::RunConfig keep = fast;
  keep.loop_filter = contracts::LoopFilter::kKeep;
  EXPECT_EQ(ConfigHash(fast), ConfigHash(skip));
  EXPECT_NE(ConfigHash(fast), ConfigHash(keep));
}

TEST(Identity, APictureRateCountsOnlyWhereItIsGiven) {
  contracts::RunConfig plain;
  contracts::RunConfig rated;
  rated.sampling.picture_fps = 24;
  EXPECT_EQ(CanonicalJson(plain).find("picture_fps"), std::string::npos);
  EXPECT_NE(ConfigHash(plain), ConfigHash(rated));
}

TEST(Identity, AComponentsConfigurationIsAPartOfTheRuns) {
  contracts::RunConfig config;
  config.components = {"a", "b"};
  config.sampling.start_s = 2;
  const std::vector<std::string_view> knobs = {"loop_filter", "sampling.start_s", "deadline"};
  EXPECT_EQ(ComponentConfig(config, {"b"}, knobs),
            R"({"components":["b"],"loop_filter":"kept","sampling":{"start_s":2.0}})");
  const std::vector<std::string_view> all = {"parts",      "preset",      "emergency_fast",
                                             "decision",   "flow_reuse",  "min_confidence",
                                             "ssim_range", "loop_filter", "sampling"};
  EXPECT_EQ(ComponentConfig(Usual(), {"cut_detection"}, all), CanonicalJson(Usual()));
}

TEST(Identity, TheRunIdTellsModelsApartAndStaysWhatItWasWithoutAny) {
  std::vector<StoredComponent> components(2);
  components[0].name = "a";
  components[1].name = "b";
  const std::string without = RunId({}, components);
  EXPECT_EQ(without, "r-" + ConfigHash({}).substr(0, 12));
  components[1].models_used = {{.model_name = "net", .engine = "e 1"}};
  const std::string one = RunId({}, components);
  components[1].models_used[0].engine = "e 2";
  const std::string other_engine = RunId({}, components);
  components[1].models_used[0].files_digest = "sha256:1";
  const std::string other_files = RunId({}, components);
  EXPECT_EQ(std::set<std::string>({without, one, other_engine, other_files}).size(), 4U);
}

TEST(Identity, EveryPartChangesTheKey) {
  const ResultIdentity base{.content_sha256 = "h",
                            .component = "c",
                            .version = "1",
                            .config = R"({"knob":1})",
                            .schema = "s",
                            .model_files = "",
                            .uses = {}};
  std::vector<ResultIdentity> all(10, base);
  all[1].content_sha256 = "x";
  all[2].component = "x";
  all[3].version = "2";
  all[4].config = R"({"knob":2})";
  all[5].sampling_policy_version = "2";
  all[6].schema = "x";
  all[7].model_signature = "x";
  all[8].model_files = "x";
  all[9].uses = {{"other", "digest"}};
  std::set<std::string> keys;
  for (const ResultIdentity& identity : all) keys.insert(identity.Key());
  EXPECT_EQ(keys.size(), all.size());
}

TEST(Identity, SafeStems) {
  EXPECT_EQ(SafeStem("dir/clip.mp4"), "clip");
  EXPECT_EQ(SafeStem("a b\"c'\n.mp4"), "a_b_c__");
  EXPECT_EQ(SafeStem("\xFF.mov"), "_");
  EXPECT_EQ(SafeStem("caf\xC3\xA9 \xF0\x9F\x8E\xAC.mkv"), "caf\xC3\xA9_\xF0\x9F\x8E\xAC");
  EXPECT_EQ(SafeStem("--rf .mp4"), "rf_");
  EXPECT_EQ(SafeStem(".hidden.mp4"), "hidden");
  EXPECT_EQ(SafeStem(".mp4"), "mp4");
  EXPECT_EQ(SafeStem("a.b.c"), "a.b");
  for (const char* nothing : {"", "...", "-.mp4", "/", "dir/"}) {
    EXPECT_EQ(SafeStem(nothing), "video") << nothing;
  }
  // A folder is a picture sequence and has the folder's name.
  EXPECT_EQ(SafeStem("."), SafeStem(std::filesystem::current_path()));
}

TEST(Identity, LongStemsAreCutBetweenCodePoints) {
  EXPECT_EQ(SafeStem(std::string(255, 'n')), std::string(100, 'n'));
  const std::string euro = "\xE2\x82\xAC";
  std::string many = "a";
  for (int i = 0; i < 80; ++i) many += euro;
  const std::string stem = SafeStem(many);
  EXPECT_EQ(stem.size(), 100U);  // 1 + 33 * 3
  EXPECT_TRUE(stem.ends_with(euro));
}

TEST(Identity, AbsolutePathsAreNormal) {
  EXPECT_EQ(AbsolutePath("/a/./b/../c.mp4"), "/a/c.mp4");
  EXPECT_TRUE(AbsolutePath("c.mp4").is_absolute());
}

TEST(AbsolutePath, DotsBehindALinkLeadWhereTheFileSystemSays) {
  const testing::TempFolder temp;
  const auto root = std::filesystem::canonical(temp.path());
  temp.Write("far/inner/a.mp4", "a");
  std::filesystem::create_directory_symlink(root / "far/inner", root / "link");
  EXPECT_EQ(AbsolutePath(root / "link/../b.mp4"), root / "far/b.mp4");
  EXPECT_EQ(AbsolutePath(root / "./far//inner/a.mp4"), root / "far/inner/a.mp4");
  EXPECT_EQ(AbsolutePath(root / "link/a.mp4"), root / "link/a.mp4");
  EXPECT_EQ(AbsolutePath(root / "no/../b.mp4"), root / "b.mp4");
}

}  // namespace
}  // namespace reelbatch::store
