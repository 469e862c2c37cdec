// libpcap is an ordinary C library; this header exists only because a system-library
// module needs one that can be found without a fixed path.
#include <pcap/pcap.h>
