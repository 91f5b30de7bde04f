#include "media/container.h"

#include <algorithm>
#include <array>
#include <vector>

#include "media/container_formats.h"
#include "media/content_kind.h"
#include "media/first_packets.h"
#include "media/frame_clock.h"
#include "media/protection.h"
#include "media/stream_info.h"

namespace reelbatch::media {
namespace {

int OnInterrupt(void* opaque) { return static_cast<InputFile*>(opaque)->cancelled() ? 1 : 0; }

/// Demuxers that want another file (playlists, data references) get none.
int RefuseOpen(AVFormatContext*, AVIOContext** io, const char*, int, AVDictionary**) {
  *io = nullptr;
  return AVERROR(EPERM);
}

/// "audio (aac), attached picture (mjpeg)": what a file without video does hold.
std::string ListStreams(const AVFormatContext& format) {
  std::string list;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& stream = *format.streams[i];
    const char* type = av_get_media_type_string(stream.codecpar->codec_type);
    const std::string_view name = stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO
                                      ? "attached picture"
                                  : type == nullptr ? "unknown"
                                                    : type;
    if (!list.empty()) list += ", ";
    list.append(name).append(" (").append(avcodec_get_name(stream.codecpar->codec_id)).append(")");
  }
  return list.empty() ? "nothing" : list;
}

std::string ListVideoStreams(const AVFormatContext& format) {
  std::string list;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    const AVStream& stream = *format.streams[i];
    if (!IsVideo(stream)) continue;
    if (!list.empty()) list += ", ";
    list += std::to_string(i) + " (" + avcodec_get_name(stream.codecpar->codec_id) + " " +
            std::to_string(stream.codecpar->width) + "x" + std::to_string(stream.codecpar->height) +
            ")";
  }
  return list;
}

/// Every sample is hidden by an edit list: what muxers make of a first frame with a wrong stamp.
bool ShowsNothing(AVStream* stream) {
  constexpr int kFewest = 2;
  const int entries = avformat_index_get_entries_count(stream);
  for (int i = 0; i < entries; ++i) {
    if ((avformat_index_get_entry(stream, i)->flags & AVINDEX_DISCARD_FRAME) == 0) return false;
  }
  return entries >= kFewest;
}

/// Whether FFmpeg lacks something, rather than that the file is damaged.
bool LacksSupport(int averror, std::string_view said) {
  return IsUnsupported(said) || averror == AVERROR_PATCHWELCOME || averror == AVERROR(ENOSYS) ||
         averror == AVERROR_DECODER_NOT_FOUND || averror == AVERROR_DEMUXER_NOT_FOUND;
}

/// What is wrong, why, the remedy, and then what FFmpeg wrote: "cannot be opened, because the file
/// is damaged or incomplete: copy or download it again (FFmpeg: moov atom not found)".
std::string Unreadable(int averror, std::string_view what, const std::string& said) {
  std::string text(what);
  if (!what.contains("cannot")) text += " failed";
  text +=
      LacksSupport(averror, said)
          ? ", because this FFmpeg cannot read this kind: convert it, for example to H.264 in .mp4"
          : ", because the file is damaged or incomplete: copy or download it again";
  return text + " (FFmpeg: " + (said.empty() ? AvErrorText(averror) : said) + ")";
}

}  // namespace

bool IsUnsupported(std::string_view said) {
  constexpr std::array<std::string_view, 5> kWords = {
      "not implemented", "not yet implemented", "not supported", "nsupported", "patches welcome"};
  return std::ranges::any_of(
      kWords, [said](std::string_view word) { return said.find(word) != std::string_view::npos; });
}

Container::~Container() {
  const LogCapture::Scope scope(log_);
  format_.reset();
}

int Container::ReadFrame(AVPacket& packet) {
  while (!kept_.packets.empty()) {
    const AvPacket next = std::move(kept_.packets.front());
    kept_.packets.pop_front();
    if (format_->streams[next->stream_index]->discard >= AVDISCARD_ALL) continue;
    av_packet_move_ref(&packet, next.get());
    return 0;
  }
  return kept_.to_the_end ? AVERROR_EOF : av_read_frame(format_.get(), &packet);
}

int Container::Seek(int64_t pts) {
  kept_ = {};
  return av_seek_frame(format_.get(), stream_->index, pts, AVSEEK_FLAG_BACKWARD);
}

std::unexpected<base::Error> Container::Fail(int averror, std::string_view what,
                                             const std::string& said) {
  const std::string path = file_->path().string();
  if (file_->cancelled()) return base::Fail(base::Code::kCancelled, "cancelled", path);
  if (file_->read_errno() != 0) {
    return base::Fail(base::Code::kIo,
                      "reading failed: " + AvErrorText(AVERROR(file_->read_errno())) +
                          "; check the disk or the network",
                      path);
  }
  // An io code without a failed read is the demuxer's opinion of the data.
  auto failure = AvFail(averror, what, file_->path(), said);
  if (failure.error().code == base::Code::kIo) failure.error().code = base::Code::kCorrupt;
  if (failure.error().code == base::Code::kCorrupt)
    failure.error().message = Unreadable(averror, what, said);
  return failure;
}

base::Status Container::OpenFormat(bool all_samples) {
  const AVInputFormat* input_format = nullptr;
  int result = av_probe_input_buffer2(file_->io(), &input_format, "", nullptr, 0, 0);
  if (result < 0 && (file_->cancelled() || file_->read_errno() != 0))
    return Fail(result, "probing");
  if (result < 0 || input_format == nullptr) {
    return base::Fail(base::Code::kCorrupt,
                      "is not a video: FFmpeg does not recognise its container (" +
                          AvErrorText(AVERROR_INVALIDDATA) + "); use a video file",
                      file_->path().string());
  }
  if (JudgeFormat(input_format->name) != FormatVerdict::kContainer) {
    return base::Fail(base::Code::kCorrupt, FormatRefusal(input_format->name),
                      file_->path().string());
  }
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) return Fail(AVERROR(ENOMEM), "opening");
  format->pb = file_->io();
  format->io_open = &RefuseOpen;
  format->interrupt_callback = {&OnInterrupt, file_.get()};
  AvDictionary options;
  options.Set("protocol_whitelist", "file");
  options.Set("format_whitelist", input_format->name);
  if (all_samples) options.Set("ignore_editlist", "1");
  // Frees `format` on failure.
  result = avformat_open_input(&format, "", input_format, options.address());
  if (result < 0) return Fail(result, "cannot be opened");
  format_.reset(format);
  return {};
}

base::Status Container::FindStreams() {
  // The decoders that FFmpeg opens to look at the first frames get the same bound on geometry as
  // ours.
  std::vector<AVDictionary*> options(format_->nb_streams, nullptr);
  const unsigned prepared = format_->nb_streams;
  for (AVDictionary*& option : options) {
    av_dict_set_int(&option, "max_pixels", kMaxPixels, 0);
  }
  const int result = avformat_find_stream_info(format_.get(), options.data());
  for (unsigned i = 0; i < prepared; ++i) av_dict_free(&options[i]);
  if (result < 0) return Fail(result, "cannot be analysed");
  if (file_->cancelled()) return Fail(AVERROR_EXIT, "analysing");
  return {};
}

base::Status Container::ChooseStream(const contracts::Sampling& sampling) {
  std::vector<int> videos;
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    if (IsVideo(*format_->streams[i])) videos.push_back(static_cast<int>(i));
  }
  if (videos.empty()) {
    return base::Fail(
        base::Code::kCorrupt,
        "has no video stream; it has " + ListStreams(*format_) + "; remove it from the inputs",
        file_->path().string());
  }
  int chosen = 0;
  if (sampling.stream.has_value()) {
    chosen = *sampling.stream;
    if (std::ranges::find(videos, chosen) == videos.end()) {
      return base::Fail(base::Code::kInvalidArgument,
                        "has no video stream " + std::to_string(chosen) +
                            " (--stream); its video streams are " + ListVideoStreams(*format_),
                        file_->path().string());
    }
  } else {
    chosen = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    // FFmpeg may prefer a cover picture by its flags.
    if (std::ranges::find(videos, chosen) == videos.end()) chosen = videos.front();
  }
  stream_ = format_->streams[chosen];
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    if (format_->streams[i] != stream_) format_->streams[i]->discard = AVDISCARD_ALL;
  }
  info_ = DescribeStream(*format_, *stream_, file_->bytes());
  info_.video_streams = static_cast<int>(videos.size());
  if (format_->duration > 0 && format_->start_time != AV_NOPTS_VALUE) {
    said_end_s_ = static_cast<double>(format_->start_time + format_->duration) / AV_TIME_BASE;
  }
  return {};
}

base::Status Container::CheckGeometry() {
  const std::string path = file_->path().string();
  const std::string size = std::to_string(info_.width) + "x" + std::to_string(info_.height);
  if (avcodec_find_decoder(stream_->codecpar->codec_id) == nullptr) {
    return base::Fail(
        base::Code::kCorrupt,
        "FFmpeg has no decoder for its codec (" + info_.codec + "); convert it to another codec",
        path);
  }
  // FFmpeg's decoders refuse a size above the bound too, and leave 0x0 and a log line behind.
  if (info_.width <= 0 || info_.height <= 0 || int64_t{info_.width} * info_.height > kMaxPixels) {
    const std::string said = log_.first_error();
    return base::Fail(base::Code::kCorrupt,
                      "the size of its video stream cannot be decoded (" +
                          (said.empty() ? size : said) +
                          "); the header is damaged or the frames are too large: copy the file "
                          "again, or scale the video down",
                      path);
  }
  return {};
}

base::Status Container::CheckProtection() const {
  std::optional<std::string> protection;
  if (av_dict_get(stream_->metadata, "enc_key_id", nullptr, 0) != nullptr) {
    protection = "Matroska ContentEncryption";
  } else {
    protection = FindProtection(*file_, stream_->id);
  }
  if (!protection) return {};
  return base::Fail(base::Code::kCorrupt, ProtectionMessage(*protection), file_->path().string());
}

base::Error Container::Named(base::Error error) const {
  if (error.code != base::Code::kCorrupt) return error;
  if (const auto protection = FindProtection(*file_, std::nullopt)) {
    error.message = ProtectionMessage(*protection);
    return error;
  }
  std::string head(kContentHeadBytes, '\0');
  head.resize(file_->ReadAt(0, head.data(), head.size()));
  if (auto kind = NameContent(file_->path(), head, file_->bytes()))
    error.message = std::move(kind->message);
  return error;
}

base::Result<std::unique_ptr<Container>> Container::Open(const std::filesystem::path& path,
                                                         const contracts::Sampling& sampling,
                                                         const base::CancelToken* cancel) {
  auto container = OpenOnce(path, sampling, cancel);
  int times = 1;
  // Whether edit lists are followed is asked of a demuxer as it opens, and cannot be changed later.
  const bool all_samples = container && ShowsNothing((*container)->stream());
  if (all_samples) {
    container = OpenOnce(path, sampling, cancel, true);
    ++times;
    if (container) (*container)->TakeAllSamples();
  }
  if (container && WantsFirstPackets(*(*container)->format(), *(*container)->stream())) {
    contracts::VideoInfo info = (*container)->info();
    auto kept = ReadFirstPackets(**container, info);
    if (!kept) {
      container = OpenOnce(path, sampling, cancel, all_samples);
      ++times;
    }
    if (container && kept) (*container)->kept_ = std::move(*kept);
    if (container) (*container)->info_ = std::move(info);
  }
  if (container) (*container)->times_opened_ = times;
  return container;
}

/// The stream's length is that of the edit list.
void Container::TakeAllSamples() {
  const auto frames = static_cast<double>(info_.frames_expected.value_or(0));
  if (frames > 0) info_.duration_s = frames * NominalFrameSeconds(info_);
}

base::Result<std::unique_ptr<Container>> Container::OpenOnce(const std::filesystem::path& path,
                                                             const contracts::Sampling& sampling,
                                                             const base::CancelToken* cancel,
                                                             bool all_samples) {
  std::unique_ptr<Container> container(new Container());
  const LogCapture::Scope scope(container->log_);
  auto file = InputFile::Open(path, cancel);
  if (!file.has_value()) return std::unexpected(std::move(file.error()));
  container->file_ = std::move(*file);
  if (cancel != nullptr && cancel->cancelled()) return container->Fail(AVERROR_EXIT, "opening");
  base::Status status = container->OpenFormat(all_samples);
  if (status.has_value()) status = container->FindStreams();
  if (status.has_value()) status = container->ChooseStream(sampling);
  if (status.has_value()) status = container->CheckProtection();
  if (status.has_value()) status = container->CheckGeometry();
  if (!status.has_value()) return std::unexpected(container->Named(std::move(status.error())));
  return container;
}

}  // namespace reelbatch::media
