#include "media/split_tracks.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "fmt/format.h"
#include "media/ffmpeg_versions.h"

namespace reelbatch::media {
namespace {

constexpr const char* kMkvHint = "; --split-format mkv keeps it";

std::string_view KindName(AVMediaType type) {
  switch (type) {
    case AVMEDIA_TYPE_VIDEO:
      return "video";
    case AVMEDIA_TYPE_AUDIO:
      return "sound";
    case AVMEDIA_TYPE_SUBTITLE:
      return "subtitle";
    case AVMEDIA_TYPE_ATTACHMENT:
      return "attachment";
    default:
      return "data";
  }
}

bool IsText(AVCodecID codec) {
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get(codec);
  return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_TEXT_SUB) != 0;
}

/// The codec that the container has for text; none: it has none that we write.
AVCodecID TextCodecOf(const AVOutputFormat& format) {
  for (const AVCodecID codec : {AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_SUBRIP}) {
    if (avformat_query_codec(&format, codec, FF_COMPLIANCE_NORMAL) == 1) return codec;
  }
  return AV_CODEC_ID_NONE;
}

bool InProgram(const TrackQuestion& question, const AVStream& stream) {
  auto* source = const_cast<AVFormatContext*>(question.source);
  const AVProgram* program = av_find_program_from_stream(source, nullptr, question.video->index);
  if (program == nullptr || av_find_program_from_stream(source, nullptr, stream.index) == nullptr)
    return true;
  for (unsigned i = 0; i < program->nb_stream_indexes; ++i) {
    if (program->stream_index[i] == static_cast<unsigned>(stream.index)) return true;
  }
  return false;
}

/// What programs write as a handler's name where nobody has named the track.
bool IsPlainHandler(std::string_view name) {
  for (const std::string_view word : {"andler", "Media", "GPAC", "Mainconcept"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return name.empty();
}

/// Goes through the tracks of one source.
class Planner {
 public:
  Planner(const TrackQuestion& question, SplitLog& log) : question_(question), log_(log) {}

  std::vector<SplitTrack> Plan() {
    for (unsigned i = 0; i < question_.source->nb_streams; ++i) {
      const AVStream& stream = *question_.source->streams[i];
      if (stream.index != question_.video->index) Judge(stream);
    }
    return std::move(tracks_);
  }

 private:
  void Judge(const AVStream& stream) {
    if (!InProgram(question_, stream)) {
      return Detail(stream, "it belongs to another program");
    }
    switch (stream.codecpar->codec_type) {
      case AVMEDIA_TYPE_AUDIO:
        return Sound(stream);
      case AVMEDIA_TYPE_SUBTITLE:
        return Subtitles(stream);
      case AVMEDIA_TYPE_ATTACHMENT:
        if (IsMatroska() && Holds(*question_.output, stream.codecpar->codec_id))
          return Keep(stream, TrackWay::kCopied);
        return Detail(stream, "files of shots contain no attachments");
      case AVMEDIA_TYPE_VIDEO:
        if ((stream.disposition &
             (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) != 0)
          return Detail(stream, "it is a cover picture");
        return Warn(
            stream,
            fmt::format(
                "files of shots contain one video stream; use --stream {} to split this one",
                stream.index));
      default:
        return Detail(stream, "files of shots contain no data tracks");
    }
  }

  void Sound(const AVStream& stream) {
    const AVCodecParameters& parameters = *stream.codecpar;
    if (!question_.encode_sound) {
      if (Holds(*question_.output, parameters.codec_id)) return Keep(stream, TrackWay::kCopied);
      return Warn(stream, question_.extension + " does not support it" + Hint());
    }
    if (avcodec_find_decoder(parameters.codec_id) == nullptr || parameters.sample_rate < 1 ||
        parameters.ch_layout.nb_channels < 1) {
      return Warn(stream, "FFmpeg cannot decode it; --split-copy copies it");
    }
    const int channels = parameters.ch_layout.nb_channels;
    if (channels == 7 || channels > 8) {
      log_.warnings.push_back(
          fmt::format("{} is mixed down from {} channels to stereo in the files, because AAC does "
                      "not support its layout",
                      TrackName(stream), channels));
    }
    tracks_.push_back({stream.index, AVMEDIA_TYPE_AUDIO, TrackWay::kSound, AV_CODEC_ID_AAC});
  }

  void Subtitles(const AVStream& stream) {
    const AVCodecID codec = stream.codecpar->codec_id;
    if (Holds(*question_.output, codec)) return Keep(stream, TrackWay::kCopied);
    const AVCodecID text = TextCodecOf(*question_.output);
    if (!IsText(codec) || text == AV_CODEC_ID_NONE || avcodec_find_decoder(codec) == nullptr ||
        avcodec_find_encoder(text) == nullptr) {
      return Warn(stream, question_.extension + " does not support it" + Hint());
    }
    if (codec == AV_CODEC_ID_ASS || codec == AV_CODEC_ID_SSA) {
      log_.warnings.push_back(fmt::format("the files contain the text of {} without its styles{}",
                                          TrackName(stream),
                                          IsMatroska() ? "" : "; --split-format mkv keeps them"));
    }
    tracks_.push_back({stream.index, AVMEDIA_TYPE_SUBTITLE, TrackWay::kText, text});
  }

  void Keep(const AVStream& stream, TrackWay way) {
    tracks_.push_back({stream.index, stream.codecpar->codec_type, way, stream.codecpar->codec_id});
  }

  bool IsMatroska() const { return std::string_view(question_.output->name) == "matroska"; }
  std::string Hint() const { return IsMatroska() ? "" : kMkvHint; }

  void Warn(const AVStream& stream, const std::string& reason) {
    log_.warnings.push_back(
        fmt::format("the files do not contain {}: {}", TrackName(stream), reason));
  }
  void Detail(const AVStream& stream, const std::string& reason) {
    log_.details.push_back(
        fmt::format("the files do not contain {}: {}", TrackName(stream), reason));
  }

  const TrackQuestion& question_;
  SplitLog& log_;
  std::vector<SplitTrack> tracks_;
};

}  // namespace

std::string TrackName(const AVStream& stream) {
  const AVDictionaryEntry* language = av_dict_get(stream.metadata, "language", nullptr, 0);
  const bool known = language != nullptr && std::string_view(language->value) != "und";
  return fmt::format("{} track {} ({}{}{})", KindName(stream.codecpar->codec_type), stream.index,
                     avcodec_get_name(stream.codecpar->codec_id), known ? ", " : "",
                     known ? language->value : "");
}

bool Holds(const AVOutputFormat& format, AVCodecID codec) {
  if (codec == AV_CODEC_ID_NONE) return false;
  const int answer = avformat_query_codec(&format, codec, FF_COMPLIANCE_NORMAL);
  if (answer >= 0) return answer == 1;
  // A transport stream gives any codec a packet type, but players know these subtitles alone.
  if (avcodec_get_type(codec) != AVMEDIA_TYPE_SUBTITLE) return true;
  const std::string_view name = format.name;
  if (name == "mpegts")
    return codec == AV_CODEC_ID_DVB_SUBTITLE || codec == AV_CODEC_ID_DVB_TELETEXT ||
           codec == AV_CODEC_ID_HDMV_PGS_SUBTITLE;
  return (name == "vob" || name == "mpeg" || name == "svcd" || name == "dvd") &&
         codec == AV_CODEC_ID_DVD_SUBTITLE;
}

std::vector<SplitTrack> PlanTracks(const TrackQuestion& question, SplitLog& log) {
  return Planner(question, log).Plan();
}

void CopyTrackWords(const AVStream& from, AVStream& to) {
  const AVDictionaryEntry* title = av_dict_get(from.metadata, "title", nullptr, 0);
  const AVDictionaryEntry* handler = av_dict_get(from.metadata, "handler_name", nullptr, 0);
  // FFmpeg writes no titles of tracks into MP4: there the handler's name is what players show.
  if (title == nullptr && handler != nullptr && !IsPlainHandler(handler->value))
    av_dict_set(&to.metadata, "title", handler->value, 0);
  if (title != nullptr && (handler == nullptr || IsPlainHandler(handler->value)))
    av_dict_set(&to.metadata, "handler_name", title->value, 0);
  for (const char* key : {"language", "title", "handler_name", "filename", "mimetype"}) {
    const AVDictionaryEntry* entry = av_dict_get(from.metadata, key, nullptr, 0);
    if (entry != nullptr) av_dict_set(&to.metadata, key, entry->value, AV_DICT_DONT_OVERWRITE);
  }
  to.disposition = from.disposition;
}

int CopyStreamSideData(const AVStream& from, AVStream& to,
                       std::initializer_list<AVPacketSideDataType> but) {
  constexpr std::array kTypes{AV_PKT_DATA_DISPLAYMATRIX,
                              AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
                              AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
                              AV_PKT_DATA_SPHERICAL,
                              AV_PKT_DATA_STEREO3D,
                              AV_PKT_DATA_DOVI_CONF};
  for (const AVPacketSideDataType type : kTypes) {
    size_t bytes = 0;
    const uint8_t* data = StreamSideData(from, type, &bytes);
    if (data == nullptr || std::ranges::find(but, type) != but.end()) continue;
    uint8_t* copy = NewStreamSideData(to, type, bytes);
    if (copy == nullptr) return AVERROR(ENOMEM);
    std::memcpy(copy, data, bytes);
  }
  return 0;
}

}  // namespace reelbatch::media
