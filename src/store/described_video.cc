#include "store/described_video.h"

#include "base/picture_files.h"
#include "base/text.h"
#include "store/identity.h"
#include "store/text.h"

namespace reelbatch::store {
namespace {

std::string NameOf(const std::filesystem::path& path) {
  const bool pictures = base::NamesPictures(path);
  return base::ValidUtf8(pictures ? base::PictureStem(path) : path.filename().native());
}

std::optional<base::PictureNumbering> PicturesOf(const std::filesystem::path& path) {
  if (!base::NamesPictures(path)) return std::nullopt;
  const auto pictures = base::ListPictures(path);
  return pictures ? base::NumberingOf(*pictures) : std::nullopt;
}

contracts::EventSource SourceOf(const contracts::SourcePart& part) {
  const std::filesystem::path path(part.path);
  return {.video = NameOf(path),
          .media_uri = FileUri(AbsolutePath(path)),
          .sha256 = "",
          .pictures = PicturesOf(path),
          .first_frame = part.first_frame,
          .frames = part.frames,
          .start_s = part.start_s,
          .info = part.info};
}

}  // namespace

contracts::EventList DescribeVideo(const std::filesystem::path& video,
                                   std::string_view source_sha256,
                                   const contracts::VideoOutcome& outcome,
                                   const contracts::ComponentResult& result) {
  contracts::EventList list = result.events.value_or(contracts::EventList());
  list.video = NameOf(video);
  list.pictures = PicturesOf(video);
  list.media_uri = FileUri(AbsolutePath(video));
  list.source_sha256 = source_sha256;
  if (outcome.info) list.info = *outcome.info;
  // What decoding has proved wrong is not expected any more.
  list.decode.frames_expected = list.info.frames_expected;
  if (outcome.decode) list.decode = *outcome.decode;
  for (const contracts::SourcePart& part : list.decode.parts) {
    list.sources.push_back(SourceOf(part));
  }
  return list;
}

}  // namespace reelbatch::store
