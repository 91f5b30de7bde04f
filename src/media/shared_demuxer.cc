#include "media/shared_demuxer.h"

#include <utility>

#include "media/shared_file.h"

namespace reelbatch::media {

SharedFile::SharedFile(int64_t most_waiting_bytes)
    : demuxer_(std::make_shared<SharedDemuxer>(most_waiting_bytes)) {}

SharedFile::~SharedFile() = default;

int SharedFile::times_opened() const { return demuxer_->times_opened(); }

base::Result<StreamFacts> FactsOf(Container& container, AVStream& stream) {
  StreamFacts facts{.stream = &stream,
                    .parameters = AvCodecParameters(avcodec_parameters_alloc()),
                    .info = container.info(),
                    .said_end_s = container.said_end_s()};
  if (!facts.parameters || avcodec_parameters_copy(facts.parameters.get(), stream.codecpar) < 0) {
    return base::Fail(base::Code::kOutOfMemory, "there is not enough memory to open it",
                      container.file().path().string());
  }
  return facts;
}

base::Result<std::unique_ptr<Container>> SharedDemuxer::OpenContainer(const FileToRead& file) {
  contracts::Sampling sampling;
  sampling.stream = file.stream;
  auto container = Container::Open(file.path, sampling, file.cancel);
  times_opened_ += container ? (*container)->times_opened() : 1;
  return container;
}

base::Status SharedDemuxer::Open(const FileToRead& file) {
  auto opened = OpenContainer(file);
  if (!opened) return std::unexpected(std::move(opened.error()));
  container_ = std::move(*opened);
  // As of every reader: what FFmpeg said while it looked for the streams is not of reading.
  container_->log().Clear();
  sound_ = ChooseSound(*container_->format(), container_->stream()->index);
  Of(Reader::kFrames).stream = container_->stream();
  if (sound_.codec == nullptr) {
    file_ = file;
    return {};
  }
  Of(Reader::kSound).stream = container_->format()->streams[sound_.stream];
  for (Lane& lane : lanes_) {
    auto facts = FactsOf(*container_, *lane.stream);
    if (!facts) return std::unexpected(std::move(facts.error()));
    lane.facts = std::move(*facts);
    lane.stream->discard = AVDISCARD_DEFAULT;
  }
  file_ = file;  // last: until then the other reader opens it anew
  return {};
}

base::Result<SharedDemuxer::Joined> SharedDemuxer::Join(Reader reader, const FileToRead& file) {
  const base::MutexLock lock(mutex_);
  if (!file_) {
    if (auto opened = Open(file); !opened) return std::unexpected(std::move(opened.error()));
  }
  Joined joined;
  joined.sound = sound_;
  Lane& lane = Of(reader);
  const bool sharing = sound_.codec != nullptr;
  if (file != *file_ || lane.state != State::kExpected) {
    auto opened = OpenContainer(file);
    if (!opened) return std::unexpected(std::move(opened.error()));
    joined.own = std::move(*opened);
  } else if (sharing) {
    joined.facts = std::move(lane.facts);
    lane.state = State::kReads;
  } else if (reader == Reader::kFrames) {
    joined.own = std::move(container_);
    lane.state = State::kGone;
  }
  return joined;
}

base::Result<std::unique_ptr<Container>> SharedDemuxer::OpenAgain(const FileToRead& file) {
  const base::MutexLock lock(mutex_);
  return OpenContainer(file);
}

int SharedDemuxer::ReadNext(AVPacket& packet) {
  const LogCapture::Scope scope(container_->log());
  const int result = container_->ReadFrame(packet);
  if (container_->file().cancelled()) return AVERROR_EXIT;
  const bool sound = (result >= 0 || result == AVERROR_EOF) &&
                     container_->file().read_errno() == 0 &&
                     container_->log().first_error().empty();
  if (sound) return result;
  for (Lane& lane : lanes_) Close(lane);
  return kReadAlone;
}

int SharedDemuxer::Read(Reader reader, AVPacket& packet) {
  const base::MutexLock lock(mutex_);
  Lane& lane = Of(reader);
  const Reader other = reader == Reader::kFrames ? Reader::kSound : Reader::kFrames;
  while (lane.state == State::kReads) {
    if (!lane.waiting.empty()) {
      av_packet_move_ref(&packet, lane.waiting.front().get());
      lane.waiting.pop_front();
      lane.waiting_bytes -= packet.size;
      return 0;
    }
    if (ended_) return AVERROR_EOF;
    AvPacket next(av_packet_alloc());
    const int result = next == nullptr ? AVERROR(ENOMEM) : ReadNext(*next);
    ended_ = result == AVERROR_EOF;
    if (result < 0) return result;
    if (next->stream_index == lane.stream->index) {
      av_packet_move_ref(&packet, next.get());
      return 0;
    }
    if (next->stream_index == Of(other).stream->index) Keep(other, std::move(next));
  }
  return kReadAlone;
}

void SharedDemuxer::Keep(Reader reader, AvPacket packet) {
  Lane& lane = Of(reader);
  if (lane.state == State::kGone) return;
  lane.waiting_bytes += packet->size;
  lane.waiting.push_back(std::move(packet));
  if (lane.waiting_bytes > most_waiting_bytes_) Close(Of(Reader::kSound));
}

void SharedDemuxer::Leave(Reader reader) {
  const base::MutexLock lock(mutex_);
  if (Of(reader).state == State::kReads) Close(Of(reader));
}

void SharedDemuxer::Close(Lane& lane) {
  lane.state = State::kGone;
  lane.stream->discard = AVDISCARD_ALL;
  lane.waiting.clear();
  lane.waiting_bytes = 0;
}

}  // namespace reelbatch::media
