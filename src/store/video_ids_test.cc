#include "store/video_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"
#include "store/identity.h"

namespace reelbatch::store {
namespace {

using ::testing::ElementsAre;

/// What earlier runs gave.
struct World {
  std::set<std::string> stems;
  std::set<std::string> ids;

  /// Of files below the folder `prefix`, by their relative paths.
  base::Result<std::vector<std::string>> Assign(const std::vector<std::string>& relative_paths,
                                                const std::string& prefix = "/data/") const {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const std::string& each : relative_paths)
      texts.emplace_back(prefix + each, SafeStem(prefix + each));
    std::vector<NewVideo> videos;
    for (size_t i = 0; i < texts.size(); ++i) {
      videos.push_back(
          {.path = texts[i].first, .relative_path = relative_paths[i], .stem = texts[i].second});
    }
    return AssignTo(videos);
  }
  base::Result<std::vector<std::string>> AssignTo(const std::vector<NewVideo>& videos) const {
    return AssignVideoIds(
        videos, {.stem_in_use = [this](const std::string& stem) { return stems.contains(stem); },
                 .id_in_use = [this](const std::string& id) { return ids.contains(id); }});
  }
  /// As the state does when a run has been given these.
  void Remember(const std::vector<std::string>& paths, const std::vector<std::string>& given) {
    for (const std::string& path : paths) stems.insert(LowerAscii(SafeStem(path)));
    for (const std::string& id : given) ids.insert(LowerAscii(id));
  }
};

std::string IdDigits(const std::string& text) { return base::Sha256Hex(text).substr(0, 8); }

TEST(VideoIds, PlainStemsStay) {
  EXPECT_THAT(World{}.Assign({"v/a.mp4", "v/b c.mp4"}).value(), ElementsAre("a", "b_c"));
  EXPECT_TRUE(World{}.Assign({}).value().empty());
}

TEST(VideoIds, SharedStemsGetTheirRelativePath) {
  EXPECT_THAT(World{}.Assign({"1/a.mp4", "2/A.mov", "2/b.mp4"}).value(),
              ElementsAre("a-" + IdDigits("1/a.mp4"), "A-" + IdDigits("2/A.mov"), "b"));
  EXPECT_THAT(World{}.Assign({"data/day1/cam.mp4", "data/day2/cam.mp4"}).value(),
              ElementsAre("cam-d8b56ddc", "cam-ee6bac41"));
}

TEST(VideoIds, WhereTheFolderLiesDoesNotMatter) {
  const std::vector<std::string> paths = {"1/a.mp4", "2/a.mp4", "3/b.mp4"};
  EXPECT_EQ(World{}.Assign(paths, "/home/me/").value(), World{}.Assign(paths, "/mnt/").value());
}

TEST(VideoIds, SameRelativePathsGetTheAbsoluteOneToo) {
  const std::vector<NewVideo> videos = {
      {.path = "/1/clips/a.mp4", .relative_path = "clips/a.mp4", .stem = "a"},
      {.path = "/2/clips/a.mp4", .relative_path = "clips/a.mp4", .stem = "a"}};
  const std::string both = "a-" + IdDigits("clips/a.mp4") + "-";
  EXPECT_THAT(World{}.AssignTo(videos).value(),
              ElementsAre(both + IdDigits("/1/clips/a.mp4"), both + IdDigits("/2/clips/a.mp4")));
  // One after the other: each gets the first form that is free.
  World later;
  later.Remember({"/0/a.mp4", "/1/clips/a.mp4"}, {"a", "a-" + IdDigits("clips/a.mp4")});
  EXPECT_THAT(later.AssignTo({videos[1]}).value(), ElementsAre(both + IdDigits("/2/clips/a.mp4")));
  later.Remember({}, {both + IdDigits("/2/clips/a.mp4")});
  EXPECT_THAT(later.AssignTo({videos[1]}).value(),
              ElementsAre("a-" + base::Sha256Hex("/2/clips/a.mp4")));
}

TEST(VideoIds, EarlierVideosKeepTheirs) {
  const World world{.stems = {"a"}, .ids = {"a"}};
  EXPECT_THAT(world.Assign({"2/a.mp4"}).value(), ElementsAre("a-" + IdDigits("2/a.mp4")));
  // The stem is taken by an earlier pair, even if nobody has it as an id.
  const World pair{.stems = {"a"}, .ids = {"a-11111111"}};
  EXPECT_THAT(pair.Assign({"3/a.mp4"}).value(), ElementsAre("a-" + IdDigits("3/a.mp4")));
}

TEST(VideoIds, AStemThatLooksLikeASuffixedOne) {
  const std::string taken = "a-" + IdDigits("1/a.mp4");
  EXPECT_THAT(
      World{}.Assign({"1/" + taken + ".mp4", "1/a.mp4", "2/a.mp4"}).value(),
      ElementsAre(taken, taken + "-" + IdDigits("/data/1/a.mp4"), "a-" + IdDigits("2/a.mp4")));
}

TEST(VideoIds, OrderDoesNotMatter) {
  std::vector<std::string> paths = {"1/a.mp4", "2/a.mp4", "3/A.mp4", "4/b.mp4"};
  std::map<std::string, std::string> first;
  do {
    const auto ids = World{}.Assign(paths).value();
    std::map<std::string, std::string> now;
    for (size_t i = 0; i < paths.size(); ++i) now[paths[i]] = ids[i];
    if (first.empty()) first = now;
    EXPECT_EQ(now, first);
  } while (std::next_permutation(paths.begin(), paths.end()));
}

TEST(VideoIds, ASuffixDependsOnItsOwnVideoAlone) {
  const std::vector<std::string> first = {"1/a.mp4", "2/a.mp4", "4/b.mp4"};
  const std::vector<std::string> second = {"3/a.mp4", "5/b.mp4", "5/c.mp4"};
  std::vector<std::string> all = first;
  all.insert(all.end(), second.begin(), second.end());
  const auto together = World{}.Assign(all).value();

  World world;
  auto apart = world.Assign(first).value();
  world.Remember(first, apart);
  const auto later = world.Assign(second).value();
  apart.insert(apart.end(), later.begin(), later.end());
  for (size_t i = 0; i < all.size(); ++i) {
    // b.mp4 was alone when it got its id, and keeps it.
    EXPECT_EQ(apart[i], all[i] == "4/b.mp4" ? "b" : together[i]) << all[i];
  }
}

TEST(VideoIds, WhatTheStateSaysEndsIt) {
  const NewVideo video{.path = "/a.mp4", .relative_path = "a.mp4", .stem = "a"};
  const auto ids = AssignVideoIds(std::span(&video, 1),
                                  {.stem_in_use = [](const std::string&) -> base::Result<bool> {
                                     return base::Fail(base::Code::kIo, "gone");
                                   },
                                   .id_in_use = [](const std::string&) { return false; }});
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code, base::Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
