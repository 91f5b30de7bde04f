#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/units.h"

namespace reelbatch::base {
namespace {

TEST(Units, ParsesSizes) {
  EXPECT_EQ(ParseBytes("512").value(), 512);
  EXPECT_EQ(ParseBytes("64k").value(), 65536);
  EXPECT_EQ(ParseBytes("1.5G").value(), 1610612736);
  EXPECT_EQ(ParseBytes("2 GiB").value(), 2147483648);
  for (const char* bad : {"", "abc", "-1", "0", "12q", "nan", "inf", "1e40", "99999999T"}) {
    ASSERT_FALSE(ParseBytes(bad).has_value()) << bad;
    EXPECT_EQ(ParseBytes(bad).error().code, Code::kInvalidArgument) << bad;
  }
}

TEST(Units, FormatsSizes) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(1536), "1.5 KiB");
  EXPECT_EQ(FormatBytes(851443712), "812 MiB");
}

TEST(Units, ParsesTimes) {
  EXPECT_DOUBLE_EQ(ParseSeconds("12.5").value(), 12.5);
  EXPECT_DOUBLE_EQ(ParseSeconds("90s").value(), 90);
  EXPECT_DOUBLE_EQ(ParseSeconds("1:30").value(), 90);
  EXPECT_DOUBLE_EQ(ParseSeconds("00:01:30.25").value(), 90.25);
  EXPECT_DOUBLE_EQ(ParseSeconds("2m").value(), 120);
  for (const char* bad : {"", "x", "-3", "1:2:3:4", "1:61", "3x", "1:2s"}) {
    EXPECT_FALSE(ParseSeconds(bad).has_value()) << bad;
  }
}

TEST(Units, FormatsTimecodes) {
  EXPECT_EQ(FormatTimecode(90.25), "00:01:30.250");
  EXPECT_EQ(FormatTimecode(59.9996), "00:01:00.000");
  EXPECT_EQ(FormatTimecode(-1.5), "-00:00:01.500");
}

TEST(Clock, WritesIso8601) {
  EXPECT_EQ(Iso8601(Nanoseconds(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Iso8601(std::chrono::milliseconds(1700000000250)), "2023-11-14T22:13:20.250Z");
}

TEST(Hash, KnownDigests) {
  // FIPS 180-4, appendix B.
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, OfAFileAndItsErrors) {
  const auto path = std::filesystem::temp_directory_path() / "reelbatch_hash_test";
  std::ofstream(path) << "abc";
  EXPECT_EQ(Sha256HexOfFile(path, nullptr).value(), Sha256Hex("abc"));
  CancelToken cancel;
  cancel.Cancel();
  EXPECT_EQ(Sha256HexOfFile(path, &cancel).error().code, Code::kCancelled);
  std::filesystem::remove(path);
  EXPECT_EQ(Sha256HexOfFile(path, nullptr).error().code, Code::kIo);
}

}  // namespace
}  // namespace reelbatch::base
