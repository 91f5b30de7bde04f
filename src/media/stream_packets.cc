#include "media/stream_packets.h"

#include <cerrno>

#include "media/shared_file.h"

namespace reelbatch::media {

base::Result<std::unique_ptr<StreamPackets>> StreamPackets::Of(std::unique_ptr<Container> container,
                                                               AVStream& stream) {
  auto facts = FactsOf(*container, stream);
  if (!facts) return std::unexpected(std::move(facts.error()));
  std::unique_ptr<StreamPackets> packets(new StreamPackets());
  packets->file_ = {.path = container->file().path(),
                    .stream = std::nullopt,
                    .cancel = container->file().cancel()};
  packets->facts_ = std::move(*facts);
  packets->own_ = std::move(container);
  return packets;
}

base::Result<std::unique_ptr<StreamPackets>> StreamPackets::OfFrames(
    const std::filesystem::path& path, const contracts::Sampling& sampling,
    const base::CancelToken* cancel, const SharedFile* shared) {
  std::unique_ptr<Container> own;
  if (shared != nullptr) {
    const FileToRead file{.path = path, .stream = sampling.stream, .cancel = cancel};
    auto joined = shared->demuxer()->Join(Reader::kFrames, file);
    if (!joined) return std::unexpected(std::move(joined.error()));
    if (joined->own == nullptr) {
      return std::make_unique<StreamPackets>(shared->demuxer(), Reader::kFrames, file,
                                             std::move(joined->facts));
    }
    own = std::move(joined->own);
  } else {
    auto opened = Container::Open(path, sampling, cancel);
    if (!opened) return std::unexpected(std::move(opened.error()));
    own = std::move(*opened);
  }
  AVStream& stream = *own->stream();
  return Of(std::move(own), stream);
}

StreamPackets::StreamPackets(std::shared_ptr<SharedDemuxer> shared, Reader reader, FileToRead file,
                             StreamFacts facts)
    : file_(std::move(file)),
      facts_(std::move(facts)),
      shared_(std::move(shared)),
      reader_(reader) {}

StreamPackets::~StreamPackets() { Stop(); }

int StreamPackets::Read(AVPacket& packet) {
  const LogCapture::Scope scope(log_);
  if (shared_ == nullptr) return ReadOwn(packet);
  const int result = shared_->Read(reader_, packet);
  if (result == 0) ++given_;
  if (result != SharedDemuxer::kReadAlone) return result;
  if (auto opened = OpenOwn(); !opened) {
    failed_ = std::move(opened.error());
    return AVERROR(EIO);
  }
  return ReadOwn(packet);
}

base::Status StreamPackets::OpenOwn() {
  auto opened = shared_->OpenAgain(file_);
  if (!opened) return std::unexpected(std::move(opened.error()));
  AVFormatContext& format = *(*opened)->format();
  if (index() >= static_cast<int>(format.nb_streams))
    return base::Fail(base::Code::kIo, "has changed while it was read", file_.path.string());
  AVStream* const stream = format.streams[index()];
  (*opened)->stream()->discard = AVDISCARD_ALL;
  stream->discard = AVDISCARD_DEFAULT;
  facts_.stream = stream;
  own_ = std::move(*opened);
  shared_.reset();
  to_skip_ = given_;
  return {};
}

int StreamPackets::ReadOwn(AVPacket& packet) {
  while (true) {
    const int result = own_->ReadFrame(packet);
    if (result < 0 || to_skip_ == 0) return result;
    if (own_->file().cancelled()) return AVERROR_EXIT;
    if (packet.stream_index == index()) --to_skip_;
    av_packet_unref(&packet);
  }
}

int StreamPackets::Seek(int64_t pts) { return own_->Seek(pts); }

void StreamPackets::Stop() {
  if (shared_) shared_->Leave(reader_);
}

int StreamPackets::read_errno() const {
  if (failed_) return EIO;
  return own_ ? own_->file().read_errno() : 0;
}

std::unexpected<base::Error> StreamPackets::Fail(int averror, std::string_view what) {
  if (failed_ && !cancelled()) return std::unexpected(*failed_);
  return With(
      [&](Container& container) { return container.Fail(averror, what, log_.first_error()); });
}

}  // namespace reelbatch::media
