#include "store/video_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;

/// Files by path with a made-up content hash; those missing here cannot be read.
struct World {
  std::map<fs::path, std::string> contents;
  std::set<std::string> stems;
  std::set<std::string> ids;

  base::Result<std::vector<std::string>> Assign(const std::vector<fs::path>& paths) const {
    return AssignVideoIds(
        paths, {.stem_in_use = [this](const std::string& stem) { return stems.contains(stem); },
                .id_in_use = [this](const std::string& id) { return ids.contains(id); },
                .content_sha256 = [this](const fs::path& path) -> base::Result<std::string> {
                  const auto found = contents.find(path);
                  if (found == contents.end()) return base::Fail(base::Code::kIo, "missing");
                  return found->second;
                }});
  }
};

std::string PathDigits(const char* path) { return base::Sha256Hex(path).substr(0, 8); }

const std::string kOne = "11111111aaaa";
const std::string kTwo = "22222222bbbb";

TEST(VideoIds, PlainStemsStay) {
  EXPECT_EQ(World{}.Assign({"/v/a.mp4", "/v/b c.mp4"}).value(),
            (std::vector<std::string>{"a", "b_c"}));
  EXPECT_TRUE(World{}.Assign({}).value().empty());
}

TEST(VideoIds, SharedStemsGetTheirContent) {
  const World world{.contents = {{"/1/a.mp4", kOne}, {"/2/A.mov", kTwo}}, .stems = {}, .ids = {}};
  EXPECT_EQ(world.Assign({"/1/a.mp4", "/2/A.mov", "/2/b.mp4"}).value(),
            (std::vector<std::string>{"a-11111111", "A-22222222", "b"}));
}

TEST(VideoIds, SameContentGetsThePathToo) {
  const World world{.contents = {{"/1/a.mp4", kOne}, {"/2/a.mp4", kOne}}, .stems = {}, .ids = {}};
  EXPECT_EQ(world.Assign({"/1/a.mp4", "/2/a.mp4"}).value(),
            (std::vector<std::string>{"a-11111111-" + PathDigits("/1/a.mp4"),
                                      "a-11111111-" + PathDigits("/2/a.mp4")}));
}

TEST(VideoIds, UnreadableFilesGetTheirPath) {
  EXPECT_EQ(
      World{}.Assign({"/1/a.mp4", "/2/a.mp4"}).value(),
      (std::vector<std::string>{"a-" + PathDigits("/1/a.mp4"), "a-" + PathDigits("/2/a.mp4")}));
}

TEST(VideoIds, EarlierVideosKeepTheirs) {
  const World world{.contents = {{"/2/a.mp4", kTwo}}, .stems = {"a"}, .ids = {"a"}};
  EXPECT_EQ(world.Assign({"/2/a.mp4"}).value(), std::vector<std::string>{"a-22222222"});
  // The stem is taken by an earlier pair, even if nobody has it as an id.
  const World pair{.contents = {{"/3/a.mp4", kTwo}}, .stems = {"a"}, .ids = {"a-11111111"}};
  EXPECT_EQ(pair.Assign({"/3/a.mp4"}).value(), std::vector<std::string>{"a-22222222"});
}

TEST(VideoIds, AStemThatLooksLikeASuffixedOne) {
  const World world{.contents = {{"/1/a.mp4", kOne}, {"/2/a.mp4", kTwo}}, .stems = {}, .ids = {}};
  EXPECT_EQ(world.Assign({"/1/a-11111111.mp4", "/1/a.mp4", "/2/a.mp4"}).value(),
            (std::vector<std::string>{"a-11111111", "a-11111111-" + PathDigits("/1/a.mp4"),
                                      "a-22222222"}));
}

TEST(VideoIds, OrderDoesNotMatter) {
  const World world{.contents = {{"/1/a.mp4", kOne}, {"/2/a.mp4", kOne}, {"/3/a.mp4", kTwo}},
                    .stems = {},
                    .ids = {}};
  std::vector<fs::path> paths = {"/1/a.mp4", "/2/a.mp4", "/3/a.mp4", "/4/b.mp4"};
  std::map<fs::path, std::string> first;
  do {
    const auto ids = world.Assign(paths).value();
    std::map<fs::path, std::string> now;
    for (size_t i = 0; i < paths.size(); ++i) now[paths[i]] = ids[i];
    if (first.empty()) first = now;
    EXPECT_EQ(now, first);
  } while (std::next_permutation(paths.begin(), paths.end()));
}

TEST(VideoIds, CancelledEndsIt) {
  const auto ids =
      AssignVideoIds({"/1/a.mp4", "/2/a.mp4"},
                     {.stem_in_use = [](const std::string&) { return false; },
                      .id_in_use = [](const std::string&) { return false; },
                      .content_sha256 = [](const fs::path&) -> base::Result<std::string> {
                        return base::Fail(base::Code::kCancelled, "stopped");
                      }});
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code, base::Code::kCancelled);
}

}  // namespace
}  // namespace reelbatch::store
