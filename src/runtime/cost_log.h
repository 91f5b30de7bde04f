#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "contracts/outcome.h"
#include "media/frame_request.h"

namespace reelbatch::runtime {

/// CPU time that one pass over a video takes, by what took it. Threads: any, beside each other.
class CostLog {
 public:
  /// Runs `work` and adds what it took of the calling thread. To decoding:
  template <class Work>
  auto Decoding(Work&& work) {
    const Span span(*this, kDecode);
    return work();
  }
  /// To decoding sound:
  template <class Work>
  auto Listening(Work&& work) {
    const Span span(*this, kListen);
    return work();
  }
  /// To component `k`:
  template <class Work>
  auto Of(size_t k, Work&& work) {
    const Span span(*this, k + kComponents);
    return work();
  }

  /// Decoding was done by threads whose CPU time was not measured.
  void DecodingUnknown() EXCLUDES(mutex_);

  base::Nanoseconds OfComponent(size_t k) const EXCLUDES(mutex_) { return Of(k + kComponents); }
  std::optional<base::Nanoseconds> OfDecoding() const EXCLUDES(mutex_);
  base::Nanoseconds OfListening() const EXCLUDES(mutex_) { return Of(kListen); }

 private:
  static constexpr size_t kDecode = 0;
  static constexpr size_t kListen = 1;
  static constexpr size_t kComponents = 2;  // and on

  class Span {
   public:
    Span(CostLog& log, size_t slot) : log_(log), slot_(slot), begin_(base::ThreadCpuTime()) {}
    ~Span() { log_.Add(slot_, base::ThreadCpuTime() - begin_); }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    CostLog& log_;
    const size_t slot_;
    const base::Nanoseconds begin_;
  };

  base::Nanoseconds Of(size_t slot) const EXCLUDES(mutex_);
  void Add(size_t slot, base::Nanoseconds spent) EXCLUDES(mutex_);

  mutable base::Mutex mutex_;
  std::vector<base::Nanoseconds> spent_ GUARDED_BY(mutex_);  // decoding, sound, then the components
  bool decoding_unknown_ GUARDED_BY(mutex_) = false;
};

/// `source`, with what its Next() takes added to decoding. `log` outlives it.
std::unique_ptr<media::RequestedSource> Metered(std::unique_ptr<media::RequestedSource> source,
                                                CostLog& log);

}  // namespace reelbatch::runtime
