#include "store/state_db.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_support.h"
#include "store/video_ids.h"

namespace reelbatch::store {
namespace {

using base::Code;
using ::testing::HasSubstr;
using testing::TempFolder;

const base::ManualClock kStateClock;

std::unique_ptr<StateDb> OpenGood(const std::filesystem::path& path) {
  auto opened = StateDb::Open(path, kStateClock);
  EXPECT_TRUE(opened) << opened.error().Text();
  return std::move(opened->db);
}

base::Status Add(StateDb& state, std::string_view path, std::string_view id) {
  return state.InOneTransaction([&](StateDb::Batch& batch) {
    const std::string stem = LowerAscii(SafeStem(path));
    return batch.AddVideo({.path = path, .video_id = id, .lower_stem = stem}, nullptr);
  });
}

void ExecuteOn(const std::filesystem::path& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
  sqlite3_close(database);
}

TEST(StateDb, RemembersVideos) {
  const TempFolder temp;
  const auto file = temp.path() / "state.db";
  const std::filesystem::path odd("/v/\xFF\n.mp4");
  {
    const auto state = OpenGood(file);
    ASSERT_TRUE(Add(*state, odd.native(), "Odd"));
    ASSERT_TRUE(Add(*state, odd.native(), "other"));
    ASSERT_TRUE(state->SaveContent(odd, SourceStat{1, 2, 3, 4}, "abc"));
    ASSERT_TRUE(state->SaveState(odd, {contracts::VideoStatus::kError, "video_unreadable",
                                       "why \xFF", 0, 0, DecodeFacts{5, 6, 1, true}, true}));
  }
  auto opened = StateDb::Open(file, kStateClock);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened->fresh);
  const auto row = opened->db->Find(odd).value();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->path, odd);
  EXPECT_EQ(row->video_id, "Odd");
  EXPECT_EQ(row->stat, (SourceStat{1, 2, 3, 4}));
  EXPECT_EQ(row->sha256, "abc");
  EXPECT_EQ(row->state.status, contracts::VideoStatus::kError);
  EXPECT_EQ(row->state.reason, "why \xEF\xBF\xBD");
  EXPECT_EQ(row->state.decode->frames_decoded, 5);
  EXPECT_EQ(row->state.decode->frames_expected, 6);
  EXPECT_TRUE(row->state.decode->damaged);
  EXPECT_TRUE(row->state.kept_earlier_result);
  ASSERT_TRUE(opened->db->InOneTransaction([&](StateDb::Batch& batch) -> base::Status {
    EXPECT_TRUE(batch.IdInUse("odd").value());
    EXPECT_FALSE(batch.IdInUse("other").value());
    EXPECT_TRUE(batch.StemInUse("__").value());
    EXPECT_EQ(batch.Find(odd.native()).value(), StateDb::Batch::Known::kOfEarlierRuns);
    EXPECT_EQ(batch.Find("/v/other").value(), StateDb::Batch::Known::kNo);
    return {};
  }));
  EXPECT_FALSE(opened->db->Find("/v/other").value());
  ASSERT_TRUE(opened->db->SaveContent(odd, std::nullopt, ""));
  EXPECT_FALSE(opened->db->Find(odd).value()->stat);
}

TEST(StateDb, KnowsTheInputsOfTheRun) {
  using Known = StateDb::Batch::Known;
  const TempFolder temp;
  const auto state = OpenGood(temp.path() / "state.db");
  for (const char* name : {"/b", "/a", "/c"}) ASSERT_TRUE(Add(*state, name, name + 1));
  const std::string hash = "h";
  ASSERT_TRUE(state->InOneTransaction([&](StateDb::Batch& batch) -> base::Status {
    EXPECT_TRUE(batch.AddToRun("/c", "old"));
    EXPECT_EQ(batch.Find("/c").value(), Known::kInThisRun);
    EXPECT_TRUE(batch.ClearRun());
    EXPECT_EQ(batch.Find("/c").value(), Known::kOfEarlierRuns);
    EXPECT_TRUE(batch.AddToRun("/b", hash));
    EXPECT_TRUE(batch.AddToRun("/a", hash));
    EXPECT_TRUE(batch.AddVideo({.path = "/a0", .video_id = "a0", .lower_stem = "a0"}, &hash));
    return {};
  }));
  DecodeFacts facts;
  facts.damaged = true;
  ASSERT_TRUE(state->SaveState("/b", {.status = contracts::VideoStatus::kSuccess,
                                      .error_code = {},
                                      .reason = {},
                                      .decode = facts}));
  std::string seen;
  ASSERT_TRUE(state->ReadRun(
      [&](const RunCounts& counts) -> base::Status {
        EXPECT_EQ(counts.by_status, (std::map<contracts::VideoStatus, int64_t>{
                                        {contracts::VideoStatus::kWaiting, 2},
                                        {contracts::VideoStatus::kSuccess, 1}}));
        EXPECT_EQ(counts.damaged, 1);
        return {};
      },
      [&](const VideoRow& row) -> base::Status {
        seen += row.path.native();
        return {};
      }));
  EXPECT_EQ(seen, "/a/a0/b");
  int visited = 0;
  const auto stopped = state->ReadRun([](const RunCounts&) { return base::Status(); },
                                      [&](const VideoRow&) -> base::Status {
                                        ++visited;
                                        return base::Fail(Code::kIo, "full");
                                      });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kIo);
  EXPECT_EQ(visited, 1);
}

TEST(StateDb, RollsBack) {
  const TempFolder temp;
  const auto state = OpenGood(temp.path() / "state.db");
  const auto failed = state->InOneTransaction([](StateDb::Batch& batch) -> base::Status {
    EXPECT_TRUE(batch.AddVideo({.path = "/a", .video_id = "a", .lower_stem = "a"}, nullptr));
    return base::Fail(Code::kCancelled, "cancelled");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kCancelled);
  EXPECT_FALSE(state->Find("/a").value());
  ASSERT_TRUE(Add(*state, "/a", "a"));
  EXPECT_TRUE(state->Find("/a").value());
}

TEST(StateDb, ADamagedOneIsMovedAside) {
  const TempFolder temp;
  const auto file = temp.path() / "state.db";
  {
    ASSERT_TRUE(Add(*OpenGood(file), "/a", "a"));
  }
  const std::string good = testing::Slurp(file);
  const std::string garbled = good.substr(0, 4096) + std::string(good.size() - 4096, '\x5A');
  for (const std::string& content :
       {std::string("this is no database, and long enough to be seen as one ..."),
        good.substr(0, good.size() / 2), garbled}) {
    temp.Write("state.db", content);
    const auto opened = StateDb::Open(file, kStateClock);
    ASSERT_TRUE(opened) << opened.error().Text();
    EXPECT_TRUE(opened->fresh);
    EXPECT_EQ(testing::Slurp(temp.path() / "state.db.damaged"), content);
  }
}

TEST(StateDb, AnEmptyFileIsFresh) {
  const TempFolder temp;
  const auto opened = StateDb::Open(temp.Write("state.db", ""), kStateClock);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->fresh);
}

TEST(StateDb, RefusesOtherProgramsAndNewerVersions) {
  const TempFolder temp;
  const auto other = temp.path() / "other.db";
  ExecuteOn(other, "CREATE TABLE x (y)");
  EXPECT_EQ(StateDb::Open(other, kStateClock).error().code, Code::kInvalidArgument);
  EXPECT_THAT(StateDb::Open(other, kStateClock).error().Text(),
              HasSubstr("database of another program"));
  const auto newer = temp.path() / "newer.db";
  OpenGood(newer).reset();
  ExecuteOn(newer, "PRAGMA user_version = 7");
  const auto refused = StateDb::Open(newer, kStateClock);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().Text(), HasSubstr("version 7, from a newer reelbatch"));
}

TEST(StateDb, TakesOverVersionOne) {
  const TempFolder temp;
  const auto file = temp.path() / "state.db";
  {
    ASSERT_TRUE(Add(*OpenGood(file), "/a", "a"));
  }
  for (const char* column :
       {"frames_decoded", "frames_expected", "decode_errors", "damaged", "kept_earlier"}) {
    ExecuteOn(file, (std::string("ALTER TABLE videos DROP COLUMN ") + column).c_str());
  }
  ExecuteOn(file, "PRAGMA user_version = 1");
  EXPECT_EQ(OpenGood(file)->Find("/a").value()->video_id, "a");
}

TEST(StateDb, SaysWhyItCannotBeOpened) {
  const TempFolder temp;
  EXPECT_EQ(StateDb::Open(temp.path() / "missing" / "state.db", kStateClock).error().code,
            Code::kIo);
}

}  // namespace
}  // namespace reelbatch::store
