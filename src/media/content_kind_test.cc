#include "media/content_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/test_clips.h"
#include "media/video_reader.h"

namespace reelbatch::media {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;

struct Case {
  std::string file;
  std::string head;
  std::string says;
};

std::string Padded(std::string text, size_t bytes) {
  text.resize(bytes, '\x01');
  return text;
}

TEST(ContentKind, NamesWhatCalledItselfAVideo) {
  const std::string tracker = std::string(1080, '\x02') + "M.K." + std::string(60, '\x03');
  const std::string webp = "RIFF\x24\x01\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0"s;
  const std::vector<Case> cases = {
      {"a.mp4",
       "\0\0\0\x18"
       "ftypheic\0\0\0\0mif1heic"s,
       "still picture (HEIC)"},
      {"a.mp4",
       "\0\0\0\x18"
       "ftypmif1\0\0\0\0mif1avif"s,
       "still picture (AVIF)"},
      {"a.mp4",
       "\0\0\0\x18"
       "ftypmif1\0\0\0\0mif1heic"s,
       "still picture (HEIC)"},
      {"a.mp4",
       "\0\0\0\x14"
       "ftypmif1\0\0\0\0mif1"s,
       "still picture (HEIF)"},
      {"a.mp4",
       "\0\0\0\x18"
       "ftypmsf1\0\0\0\0msf1hevc"s,
       "picture sequence (HEIC)"},
      {"a.mp4",
       "\0\0\0\x18"
       "ftypavis\0\0\0\0avifavis"s,
       "animated picture (AVIF)"},
      {"a.mp4", webp, "animated WebP"},
      {"a.mp4", Padded("%PDF-1.7", 100), "PDF"},
      {"a.mp4", Padded("PK\x03\x04", 100), "ZIP"},
      {"a.mp4", Padded("\x1f\x8b", 100), "gzip"},
      {"a.mod", tracker, "tracker music"},
      {"a.mp4", "<!DOCTYPE html>\n<html><body>404</body></html>", "web page (HTML)"},
      {"a.mp4", "\xef\xbb\xbf\r\n <HTML lang=en>", "web page (HTML)"},
      {"a.mp4", "<?xml version=\"1.0\"?>\n<html xmlns=\"x\">", "web page (HTML)"},
      {"a.mpd", "<?xml version=\"1.0\"?>\n<MPD xmlns=\"x\">", "playlist (DASH)"},
      {"a.ts", "<?xml version=\"1.0\"?>\n<!DOCTYPE TS>\n<TS version=\"2.1\">", "Qt"},
      {"a.mp4", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
       "error message of a server"},
      {"a.mp4", "<?xml version=\"1.0\"?><note/>", "XML text"},
      {"a.mp4", "{\"error\": \"not found\"}", "JSON"},
      {"a.m3u8", "#EXTM3U\n#EXTINF:6,\n1.ts\n", "playlist (M3U)"},
      {"a.mp4", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
       "Git LFS pointer"},
      {"a.mp4", "/annex/objects/SHA256E-s1--0.mp4\n", "git-annex pointer"},
      {"a.ts", "export const cuts: number[] = [];\n", "TypeScript source"},
      {"a.mts", "import { x } from 'y';\n", "TypeScript source"},
      {"a.avs", "AVISource(\"a.avi\")\n", "AviSynth"},
      {"a.mp4", "1\n00:00:01,000 --> 00:00:02,000\nHello\n", "subtitle file (SubRip)"},
      {"a.mp4", "WEBVTT\n\n", "subtitle file (WebVTT)"},
      {"a.mp4", "Dear diary,\n", "is text, not a video"},
      {"a.mp4", std::string(4096, '\0'), "zero bytes"},
      {"a.mp4.part", Padded("\x01", 50), "unfinished download (.part)"},
      {"a.crdownload", Padded("\x01", 50), "unfinished download (.crdownload)"},
      {"._a.mp4", "\0\x05\x16\x07\0\x02\0\0"s, "AppleDouble"},
  };
  for (const Case& one : cases) {
    const auto kind = NameContent(one.file, one.head, static_cast<int64_t>(one.head.size()));
    ASSERT_TRUE(kind.has_value()) << one.says;
    EXPECT_THAT(kind->message, HasSubstr(one.says));
    EXPECT_THAT(kind->message, testing::StartsWith(one.says == "zero bytes" ? "begins" : "is "));
  }
}

TEST(ContentKind, SaysNothingOfWhatMayBeAVideo) {
  for (const std::string& head :
       {"\0\0\0\x18"
        "ftypisom\0\0\0\0isomavc1"s,
        "\0\0\0\x14"
        "ftypqt  \0\0\0\0qt  "s,
        "RIFF\0\0\0\0AVI LIST"s, "\x1a\x45\xdf\xa3"s, "RIFF\x24\x01\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"s,
        "\0\0\x01\xba"s, ""s}) {
    EXPECT_FALSE(NameContent("a.mp4", head, 5000).has_value()) << head;
  }
}

TEST(ContentKind, SourceTextIsOtherThanVideoAndAWebPageIsOneThatFailed) {
  const testing_clips::TempFolder folder;
  EXPECT_THAT(OtherThanVideo(folder.Write("types.ts", "export type A = string;\n")).value_or(""),
              HasSubstr("TypeScript"));
  EXPECT_THAT(OtherThanVideo(folder.Write("page.ts", "<html><body>404")).value_or(""), "");
  EXPECT_THAT(OtherThanVideo(folder.Write("empty.ts", "")).value_or(""), "");
  EXPECT_THAT(OtherThanVideo(folder / "missing.ts").value_or(""), "");
  EXPECT_THAT(OtherThanVideo(folder.Write("zero.ts", std::string(9000, '\0'))).value_or(""), "");
  const auto ts =
      folder.Ffmpeg(std::string(testing_clips::kTestSource) + "-c:v mpeg2video", "a.ts");
  EXPECT_FALSE(OtherThanVideo(ts).has_value());
}

TEST(ContentKind, ProbeSaysIt) {
  const testing_clips::TempFolder folder;
  const auto failure = [](const std::filesystem::path& path) {
    const auto info = Probe(path, {}, nullptr);
    EXPECT_FALSE(info.has_value());
    if (info) return ""s;
    EXPECT_EQ(info.error().code, base::Code::kCorrupt);
    return info.error().message;
  };
  EXPECT_THAT(failure(folder.Write("page.mp4", "<!doctype html><html></html>\n")),
              HasSubstr("web page"));
  EXPECT_THAT(failure(folder.Write("zero.mp4", std::string(100'000, '\0'))),
              HasSubstr("zero bytes"));
  EXPECT_THAT(failure(folder.Write("list.m3u8", "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\na.ts\n")),
              HasSubstr("playlist"));
  EXPECT_THAT(failure(folder.Write("noise.bin", Padded("\x7f\x01\x02", 9000))),
              HasSubstr("does not recognise its container"));
  const auto still = folder.Ffmpeg("-f lavfi -i color=s=16x16 -frames:v 1", "a.png");
  EXPECT_THAT(failure(still), HasSubstr("frames/%05d.png"));
}

}  // namespace
}  // namespace reelbatch::media
