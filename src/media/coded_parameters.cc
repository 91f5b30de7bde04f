#include "media/coded_parameters.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace reelbatch::media {
namespace {

/// Whether the headers lie in the packets, as in a transport stream; MP4's own form begins with 1.
bool InBand(const AVCodecParameters& parameters) {
  return parameters.extradata_size == 0 || parameters.extradata[0] == 0;
}

/// The size that the packet's own headers give; 0 x 0: none.
void UpdateSize(const AVPacket& packet, AVCodecParameters& parameters) {
  AVCodecParserContext* parser = av_parser_init(parameters.codec_id);
  AvCodecContext context(avcodec_alloc_context3(nullptr));
  if (parser != nullptr && context &&
      avcodec_parameters_to_context(context.get(), &parameters) >= 0) {
    parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    uint8_t* out = nullptr;
    int bytes = 0;
    av_parser_parse2(parser, context.get(), &out, &bytes, packet.data, packet.size, AV_NOPTS_VALUE,
                     AV_NOPTS_VALUE, -1);
    if (parser->width > 0 && parser->height > 0) {
      parameters.width = parser->width;
      parameters.height = parser->height;
    }
  }
  if (parser != nullptr) av_parser_close(parser);
}

}  // namespace

std::vector<uint8_t> CodedParameters::Extract(const AVPacket& packet) {
  const AVCodecParameters& stream = *container_.stream()->codecpar;
  if (!tried_ && InBand(stream)) {
    AVBSFContext* made = nullptr;
    const AVBitStreamFilter* kind = av_bsf_get_by_name("extract_extradata");
    if (kind != nullptr && av_bsf_alloc(kind, &made) >= 0) {
      filter_.reset(made);
      const bool ready =
          avcodec_parameters_copy(made->par_in, &stream) >= 0 && av_bsf_init(made) >= 0;
      if (!ready) filter_.reset();  // a codec without such headers
    }
  }
  tried_ = true;
  std::vector<uint8_t> found;
  const AvPacket copy(filter_ ? av_packet_clone(&packet) : nullptr);
  if (!copy || av_bsf_send_packet(filter_.get(), copy.get()) < 0) return found;
  while (av_bsf_receive_packet(filter_.get(), copy.get()) >= 0) {
    size_t bytes = 0;
    const uint8_t* data = av_packet_get_side_data(copy.get(), AV_PKT_DATA_NEW_EXTRADATA, &bytes);
    if (data != nullptr) found.assign(data, data + bytes);
    av_packet_unref(copy.get());
  }
  return found;
}

base::Status CodedParameters::Add(const AVPacket& packet, size_t index) {
  if (index == 0) {
    const AVCodecParameters& stream = *container_.stream()->codecpar;
    if (stream.extradata_size > 0)
      current_.assign(stream.extradata, stream.extradata + stream.extradata_size);
  }
  size_t bytes = 0;
  if (const uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &bytes))
    return Note({data, data + bytes}, packet, index, true);
  if ((packet.flags & AV_PKT_FLAG_KEY) == 0) return {};
  return Note(Extract(packet), packet, index, false);
}

base::Status CodedParameters::Note(std::vector<uint8_t> bytes, const AVPacket& packet, size_t index,
                                   bool outside) {
  if (bytes.empty() || bytes == current_) return {};
  Change change{.index = index, .outside = outside, .parameters = {}};
  change.parameters.reset(avcodec_parameters_alloc());
  auto* copy = static_cast<uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (!change.parameters || copy == nullptr ||
      avcodec_parameters_copy(change.parameters.get(), container_.stream()->codecpar) < 0) {
    av_free(copy);
    return container_.Fail(AVERROR(ENOMEM), "copying");
  }
  std::memcpy(copy, bytes.data(), bytes.size());
  av_freep(&change.parameters->extradata);
  change.parameters->extradata = copy;
  change.parameters->extradata_size = static_cast<int>(bytes.size());
  UpdateSize(packet, *change.parameters);
  current_ = std::move(bytes);
  changes_.push_back(std::move(change));
  return {};
}

const AVCodecParameters* CodedParameters::At(size_t index) const {
  const auto after = std::ranges::upper_bound(changes_, index, {}, &Change::index);
  return after == changes_.begin() ? nullptr : (after - 1)->parameters.get();
}

bool CodedParameters::ReplacedAt(size_t index) const {
  const auto found = std::ranges::lower_bound(changes_, index, {}, &Change::index);
  return found != changes_.end() && found->index == index && found->outside;
}

}  // namespace reelbatch::media
